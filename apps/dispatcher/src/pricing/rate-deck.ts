export type MessageKind = 'sms' | 'mms';

/** What one segment (SMS) or one message (MMS) to numbers with this prefix costs, in millionths of a US dollar. */
export interface Rate {
  readonly prefix: string;
  readonly kind: MessageKind;
  readonly priceMicros: number;
}

/** The rates, ready to be looked up: the longest prefix of the destination wins. */
export class RateDeck {
  private readonly priceOf = new Map<string, number>();
  private readonly longestPrefix: number;

  constructor(rates: readonly Rate[]) {
    for (const rate of rates) this.priceOf.set(`${rate.kind} ${rate.prefix}`, rate.priceMicros);
    this.longestPrefix = rates.reduce((longest, rate) => Math.max(longest, rate.prefix.length), 0);
  }

  /** Micros for one segment or one MMS to this number, or null where the deck has no price for it. */
  findPrice(kind: MessageKind, to: string): number | null {
    for (let length = Math.min(this.longestPrefix, to.length); length >= 0; length -= 1) {
      const price = this.priceOf.get(`${kind} ${to.slice(0, length)}`);
      if (price !== undefined) return price;
    }
    return null;
  }
}
