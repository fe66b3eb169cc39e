/**
 * Decoded parameters of a form body or a query string. A parameter that was given more than once has all its values, in order. Names are
 * case sensitive, and ones that nobody asks for are ignored.
 */
export type FormFields = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * The value of a parameter that takes one, or undefined where it is absent or empty: Twilio treats the two alike. Of a repeated one the
 * first value counts. Twilio documents no rule; with the first, nothing appended to a request can replace what it says.
 */
export function singleValue(fields: FormFields, name: string): string | undefined {
  const value = valuesOf(fields, name)[0];
  return value === '' ? undefined : value;
}

/** As `singleValue`, of an update: empty where the parameter was given empty, which clears what is stored; undefined where it is absent. */
export function givenValue(fields: FormFields, name: string): string | undefined {
  return valuesOf(fields, name)[0];
}

/** Every value of a repeatable parameter that is not empty. */
export function repeatedValues(fields: FormFields, name: string): string[] {
  return valuesOf(fields, name).filter((value) => value !== '');
}

function valuesOf(fields: FormFields, name: string): readonly string[] {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
