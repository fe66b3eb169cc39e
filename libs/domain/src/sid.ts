declare const brand: unique symbol;

/** A string that has been checked (or made) to be one particular kind of identifier; never a bare string across a function boundary. */
export type Branded<Value, Name extends string> = Value & { readonly [brand]: Name };

export type AccountSid = Branded<string, 'AccountSid'>;
export type MessageSid = Branded<string, 'MessageSid'>;
export type MediaSid = Branded<string, 'MediaSid'>;
export type PhoneNumberSid = Branded<string, 'PhoneNumberSid'>;
export type ShortCodeSid = Branded<string, 'ShortCodeSid'>;
export type ApplicationSid = Branded<string, 'ApplicationSid'>;
export type CallSid = Branded<string, 'CallSid'>;
export type NotificationSid = Branded<string, 'NotificationSid'>;
export type CallbackSid = Branded<string, 'CallbackSid'>;
export type EndpointSid = Branded<string, 'EndpointSid'>;

/**
 * The two letters a SID starts with, by what it names (Twilio: "AC", "SM" without media, "MM" with media, "ME", "PN", "SC", "AP", "CA", "NO"). Ours,
 * which Twilio does not use: "HC" for a callback, "HE" for an endpoint that callbacks go to.
 */
export interface SidsByPrefix {
  AC: AccountSid;
  SM: MessageSid;
  MM: MessageSid;
  ME: MediaSid;
  PN: PhoneNumberSid;
  SC: ShortCodeSid;
  AP: ApplicationSid;
  CA: CallSid;
  NO: NotificationSid;
  HC: CallbackSid;
  HE: EndpointSid;
}

export type SidPrefix = keyof SidsByPrefix;

const HEX_32 = /^[0-9a-fA-F]{32}$/;

/** Whether `value` is a SID of one of `prefixes`: two upper-case letters and 32 hex digits, of either case as Twilio's patterns accept. */
export function isSid<P extends SidPrefix>(value: string, ...prefixes: P[]): value is SidsByPrefix[P] & string {
  return value.length === 34 && (prefixes as string[]).includes(value.slice(0, 2)) && HEX_32.test(value.slice(2));
}

/**
 * A new SID from 16 random bytes (the caller brings the randomness), in lower-case hex as Twilio emits it.
 * @throws RangeError when `random` is not 16 bytes long
 */
export function makeSid<P extends SidPrefix>(prefix: P, random: Uint8Array): SidsByPrefix[P] {
  if (random.length !== 16) throw new RangeError(`A SID is made from 16 random bytes, not ${random.length}`);
  let hex = '';
  for (const byte of random) hex += byte.toString(16).padStart(2, '0');
  return (prefix + hex) as unknown as SidsByPrefix[P];
}
