import { createReply } from '@heliograph/contracts';
import { NatsRequests } from '@heliograph/jetstream';
import { Injectable } from '@nestjs/common';
import { type ReplyMaking, ReplyMaker, type ReplyToMake } from './reply-maker.js';

/** A reply may have media, which `api` waits for: above its MEDIA_TIMEOUT_MS. */
const ANSWER_TIMEOUT_MS = 25_000;

/** Asks `api`. */
@Injectable()
export class ApiReplyMaker extends ReplyMaker {
  constructor(private readonly requests: NatsRequests) {
    super();
  }

  async make({ accountSid, inboundSid, replyIndex, content }: ReplyToMake): Promise<ReplyMaking> {
    const request = { accountSid, inboundSid, replyIndex, ...content, mediaUrls: [...content.mediaUrls] };
    try {
      return await this.requests.ask(createReply, request, ANSWER_TIMEOUT_MS);
    } catch (error) {
      return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
