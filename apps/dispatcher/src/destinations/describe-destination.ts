import { type DestinationDescription, senderType } from '@heliograph/contracts';
import type { CarrierTable } from '../carriers/carrier.js';
import type { MessageKind, RateDeck } from '../pricing/rate-deck.js';

/** What a number is by the rows that decide about it: its carrier, and for what there is a price. Pure. */
export function describeDestination(
  number: string,
  { carriers, deck, nowMs }: { carriers: CarrierTable; deck: RateDeck; nowMs: number },
): DestinationDescription {
  const pricedSendersOf = (kind: MessageKind) =>
    senderType.options.filter((type) => deck.findRate({ kind, senderType: type, to: number, nowMs }) !== null);
  const carrier = carriers.find(number);
  return {
    number,
    prefix: longerOf(carriers.undividedPrefixOf(number), deck.undividedPrefixOf(number)),
    carrier: carrier && {
      name: carrier.name,
      country: carrier.country,
      hasMms: carrier.hasMms,
      imageLimits: carrier.imageLimits,
    },
    pricedSenders: { sms: pricedSendersOf('sms'), mms: pricedSendersOf('mms') },
  };
}

/** Of two starts of one number the longer one is undivided by the rows of both. */
const longerOf = (one: string, other: string): string => (one.length > other.length ? one : other);
