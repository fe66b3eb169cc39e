import type { SenderType } from '@heliograph/contracts';
import { PrefixTable } from '../prefixes/prefix-table.js';

export type MessageKind = 'sms' | 'mms';

/** Which senders a rate is for. A name in place of a number costs what a long code costs. */
export type RatedSender = 'long-code' | 'short-code' | 'any';

/** What one segment (SMS) or one message (MMS) to numbers with this prefix costs, from a moment on. */
export interface Rate {
  /** `+` and digits. */
  readonly prefix: string;
  /** ISO 3166-1 alpha-2, or `*` for a prefix of many countries. */
  readonly country: string;
  readonly kind: MessageKind;
  readonly senderType: RatedSender;
  /** Millionths of a US dollar. */
  readonly priceMicros: number;
  /** Milliseconds since the Unix epoch. */
  readonly validFromMs: number;
}

/** What is to be priced. */
export interface Priceable {
  readonly kind: MessageKind;
  readonly senderType: SenderType;
  /** E.164. */
  readonly to: string;
  readonly nowMs: number;
}

/** The rates of one import, ready to be looked up. */
export class RateDeck {
  /** By prefix, then by kind and sender; of these the one that begins last comes first. */
  private readonly table: PrefixTable<ReadonlyMap<string, readonly Rate[]>>;

  /** @param version names the import; null for none, which has no price for anything */
  constructor(
    readonly version: number | null,
    readonly rates: readonly Rate[],
  ) {
    const byPrefix = new Map<string, Map<string, Rate[]>>();
    for (const rate of [...rates].sort((a, b) => b.validFromMs - a.validFromMs)) {
      const atPrefix = byPrefix.get(rate.prefix) ?? new Map<string, Rate[]>();
      const key = `${rate.kind} ${rate.senderType}`;
      atPrefix.set(key, [...(atPrefix.get(key) ?? []), rate]);
      byPrefix.set(rate.prefix, atPrefix);
    }
    this.table = new PrefixTable(byPrefix);
  }

  /**
   * The rate for this message, or null where there is none. The longest prefix with a rate that has begun wins; there, a rate for the
   * kind of sender wins over one for any; of those that have begun, the last counts.
   */
  findRate({ kind, senderType, to, nowMs }: Priceable): Rate | null {
    const own = `${kind} ${senderType === 'alphanumeric' ? 'long-code' : senderType}`;
    for (const atPrefix of this.table.rowsFor(to)) {
      for (const key of [own, `${kind} any`]) {
        const rate = atPrefix.get(key)?.find(({ validFromMs }) => validFromMs <= nowMs);
        if (rate) return rate;
      }
    }
    return null;
  }

  /** See `PrefixTable.undividedPrefixOf`. */
  undividedPrefixOf(number: string): string {
    return this.table.undividedPrefixOf(number);
  }
}

/** A deck and when it takes the place of the one before it: when the first of its rates begins. */
export interface DatedDeck {
  readonly deck: RateDeck;
  readonly inForceFromMs: number;
}

const NO_DECK = new RateDeck(null, []);

/** The newest deck that is in force; an empty one where none is. */
export function deckInForce(decks: readonly DatedDeck[], nowMs: number): RateDeck {
  let inForce = NO_DECK;
  for (const { deck, inForceFromMs } of decks)
    if (inForceFromMs <= nowMs && (deck.version ?? 0) > (inForce.version ?? 0)) inForce = deck;
  return inForce;
}
