const LONGEST_ECHO = 200;

/** A customer's value for an error message: shortened, and without control characters, so that it can be logged and shown. */
export function printable(value: string): string {
  return value.slice(0, LONGEST_ECHO).replace(/\p{Cc}/gu, '\u{fffd}');
}
