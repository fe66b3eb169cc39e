import { z } from 'zod';
import { accountSid, messageSid } from '../fields.js';
import { requestSubject } from '../subjects.js';

const createReplyRequest = z.object({
  accountSid,
  /** The inbound message that is answered. */
  inboundSid: messageSid,
  /** Counts the replies to it from 0. The two name the reply: asked for again, it is not made again. */
  replyIndex: z.number().int().nonnegative(),
  /** As the customer wrote them; nothing has been checked. */
  to: z.string(),
  from: z.string(),
  body: z.string(),
  mediaUrls: z.array(z.string()),
  statusCallback: z.string().nullable(),
});
const createReplyReply = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('created'), messageSid }),
  /** No message was made. `errorCode` is Twilio's; `reason` tells the customer what is wrong. */
  z.object({ kind: z.literal('refused'), errorCode: z.number().int(), reason: z.string() }),
  /** A message was made that fails at once. `errorCode` is Twilio's. */
  z.object({ kind: z.literal('blocked'), messageSid, errorCode: z.number().int(), reason: z.string() }),
  /** Nothing was made, and nothing is wrong with the reply: ask again later. `reason` is for the log. */
  z.object({ kind: z.literal('unavailable'), reason: z.string() }),
]);
export type CreateReplyRequest = z.infer<typeof createReplyRequest>;
export type CreateReplyReply = z.infer<typeof createReplyReply>;

/** Send this reply to an inbound message, by the rules of any other message. Answered by `api`. */
export const createReply = {
  subject: requestSubject('reply', 'create', 1),
  request: createReplyRequest,
  reply: createReplyReply,
};
