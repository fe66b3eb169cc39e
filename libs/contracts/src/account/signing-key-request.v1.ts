import { z } from 'zod';
import { accountSid } from '../fields.js';
import { requestSubject } from '../subjects.js';

const signingKeyRequest = z.object({ accountSid });
const signingKeyReply = z.discriminatedUnion('kind', [
  /** `authToken`: the account's primary one, which webhook signatures are made with. */
  z.object({ kind: z.literal('found'), authToken: z.string() }),
  z.object({ kind: z.literal('unknown') }),
]);
export type SigningKeyRequest = z.infer<typeof signingKeyRequest>;
export type SigningKeyReply = z.infer<typeof signingKeyReply>;

/** Which key signs this account's webhooks? Answered by `api`. */
export const signingKey = {
  subject: requestSubject('account', 'signing-key', 1),
  request: signingKeyRequest,
  reply: signingKeyReply,
};
