import { discardMedia, type DiscardMediaReply, storeMedia, type StoreMediaReply } from '@heliograph/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { MediaRepository } from './media.repository.js';
import { StoreMedia } from './store-media.js';

/** Answers what other services ask of `media`. A request that breaks the contract is an error, not a refusal. */
@Controller()
export class MediaRequestsController {
  constructor(
    private readonly storing: StoreMedia,
    private readonly repository: MediaRepository,
  ) {}

  @MessagePattern(storeMedia.subject, Transport.NATS)
  async store(@Payload() payload: unknown): Promise<StoreMediaReply> {
    return this.storing.store(storeMedia.request.parse(payload));
  }

  @MessagePattern(discardMedia.subject, Transport.NATS)
  async discard(@Payload() payload: unknown): Promise<DiscardMediaReply> {
    const { accountSid, messageSid } = discardMedia.request.parse(payload);
    return { discarded: await this.repository.discard(accountSid, messageSid) };
  }
}
