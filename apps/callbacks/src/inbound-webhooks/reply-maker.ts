import type { MessageSid } from '@heliograph/domain';
import type { InboundWebhook, NewReply, ReplyResult } from './inbound-webhook.js';

/** A reply that is to be made. The two name it: asked for again, it is not made again. */
export interface ReplyToMake extends Pick<InboundWebhook, 'accountSid'> {
  readonly inboundSid: MessageSid;
  readonly replyIndex: number;
  readonly content: NewReply;
}

export type ReplyMaking = ReplyResult | { readonly kind: 'unavailable'; readonly reason: string };

/** Turns replies into messages. */
export abstract class ReplyMaker {
  /** Never throws; bounded in time. */
  abstract make(reply: ReplyToMake): Promise<ReplyMaking>;
}
