/**
 * Money is kept as integer micros: millionths of a currency unit. A price list in tenths of a thousandth (0.0075) and sums over many
 * segments stay exact; nothing here uses fractions.
 */
const MICROS_PER_UNIT = 1_000_000;

/** Micros in the last digit that a Twilio price shows (five decimals). */
const MICROS_PER_SHOWN_DIGIT = 10;

/**
 * The price of a whole message: every segment is charged. In micros.
 * @throws RangeError when an amount is negative, not whole, or too large to be exact
 */
export function priceOf({ segments, perSegmentMicros }: { segments: number; perSegmentMicros: number }): number {
  const priceMicros = assertAmount(segments) * assertAmount(perSegmentMicros);
  return assertAmount(priceMicros);
}

/**
 * A charge as Twilio writes it: negative, with five decimals (`7500` is `"-0.00750"`). A sixth decimal is rounded half up. Nothing
 * charged is `"0.00000"`.
 * @throws RangeError when the amount is negative, not whole, or too large to be exact
 */
export function formatTwilioPrice(priceMicros: number): string {
  const shown = (BigInt(assertAmount(priceMicros)) + 5n) / BigInt(MICROS_PER_SHOWN_DIGIT);
  const digits = shown.toString().padStart(6, '0');
  const sign = shown === 0n ? '' : '-';
  return `${sign}${digits.slice(0, -5)}.${digits.slice(-5)}`;
}

/** A plain decimal such as `0.0075` in micros, or null where it is none, is negative, or has more than six decimals. */
export function parseMicros(decimal: string): number | null {
  const match = /^([0-9]{1,10})(?:\.([0-9]{1,6}))?$/.exec(decimal);
  if (match === null) return null;
  const micros = Number(match[1]) * MICROS_PER_UNIT + Number((match[2] ?? '').padEnd(6, '0'));
  return Number.isSafeInteger(micros) ? micros : null;
}

/**
 * What `parseMicros` reads: a plain decimal with at least two and at most six decimals (`7500` is `"0.0075"`).
 * @throws RangeError when the amount is negative, not whole, or too large to be exact
 */
export function formatMicros(micros: number): string {
  const digits = assertAmount(micros).toString().padStart(7, '0');
  const decimals = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${digits.slice(0, -6)}.${decimals}`;
}

function assertAmount(amount: number): number {
  if (!Number.isSafeInteger(amount) || amount < 0) throw new RangeError(`Not an exact amount: ${amount}`);
  return amount;
}
