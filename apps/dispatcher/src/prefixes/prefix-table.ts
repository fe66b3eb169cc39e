/**
 * Rows by the digits with which numbers start. What a look-up costs depends on the digits of the number and never on how many rows
 * there are.
 */
export class PrefixTable<Row> {
  private readonly rows: ReadonlyMap<string, Row>;
  /** Every proper start of a row's prefix: beneath it the row makes a difference. */
  private readonly divided = new Set<string>();
  private readonly longestPrefix: number;

  /** @param rows each prefix once, such as `+1415`; an empty one is of all numbers */
  constructor(rows: Iterable<readonly [prefix: string, row: Row]>) {
    this.rows = new Map(rows);
    let longest = 0;
    for (const prefix of this.rows.keys()) {
      longest = Math.max(longest, prefix.length);
      for (let length = prefix.length - 1; length >= 0; length -= 1) {
        const start = prefix.slice(0, length);
        // Whoever added it has added what is shorter, too.
        if (this.divided.has(start)) break;
        this.divided.add(start);
      }
    }
    this.longestPrefix = longest;
  }

  /** The rows whose prefix the number starts with, longest first. */
  *rowsFor(number: string): Generator<Row, undefined> {
    for (let length = Math.min(this.longestPrefix, number.length); length >= 0; length -= 1) {
      const row = this.rows.get(number.slice(0, length));
      if (row !== undefined) yield row;
    }
  }

  /** The row with the longest prefix that the number starts with, or null for none. */
  find(number: string): Row | null {
    return this.rowsFor(number).next().value ?? null;
  }

  /**
   * The shortest start of the number beneath which no row makes a difference: all numbers that start with it have the same rows. The
   * whole number where longer prefixes start with it; then it speaks for that number alone.
   */
  undividedPrefixOf(number: string): string {
    for (let length = 0; length < number.length; length += 1) {
      const start = number.slice(0, length);
      if (!this.divided.has(start)) return start;
    }
    return number;
  }
}
