/** What has come of a message that a phone sent in parts. */
export interface PartialMessage {
  /** How many parts it has. */
  readonly partCount: number;
  /** The texts of those that came, by their number from 1. */
  readonly bodies: Readonly<Record<number, string>>;
}

/** One part, as its header tells (3GPP TS 23.040 section 9.2.3.24.1). */
export interface MessagePart {
  /** From 1. */
  readonly number: number;
  readonly count: number;
  readonly body: string;
}

/** What a part is to the message with its reference: it belongs to it, it is there already, or it is of another message. */
export type PartPlacement =
  | { readonly kind: 'added'; readonly message: PartialMessage }
  | { readonly kind: 'repeated' }
  /** References are few, and come again: the parts are told apart by what is there. */
  | { readonly kind: 'of-another' };

/** @param message null where no message with the part's reference is known */
export function placePart(message: PartialMessage | null, part: MessagePart): PartPlacement {
  const { number, count, body } = part;
  if (message === null || message.partCount !== count) return { kind: 'of-another' };
  const known = message.bodies[number];
  if (known === undefined) return { kind: 'added', message: withPart(message, part) };
  return known === body ? { kind: 'repeated' } : { kind: 'of-another' };
}

/** The message that begins with a part, whichever of its parts that is. */
export const beginMessage = (part: MessagePart): PartialMessage =>
  withPart({ partCount: part.count, bodies: {} }, part);

const withPart = ({ partCount, bodies }: PartialMessage, { number, body }: MessagePart): PartialMessage => ({
  partCount,
  bodies: { ...bodies, [number]: body },
});

export const missingParts = ({ partCount, bodies }: PartialMessage): number => partCount - Object.keys(bodies).length;

/** The text as far as it came, in order. Half a character at the edge of a part that is missing becomes U+FFFD. */
export const joinParts = ({ bodies }: PartialMessage): string =>
  Object.entries(bodies)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, body]) => body)
    .join('')
    .replace(/\p{Surrogate}/gu, '\ufffd');
