import {
  deleteMedia,
  type DeleteMediaReply,
  discardMedia,
  type DiscardMediaReply,
  listMedia,
  type ListMediaReply,
  storeMedia,
  type StoreMediaReply,
} from '@heliograph/contracts';
import { Logger } from '@heliograph/service-host';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { MediaAddresses } from './media-addresses.js';
import { MediaRepository } from './media.repository.js';
import { StoreMedia } from './store-media.js';

/** Answers what other services ask of `media`. A request that breaks the contract is an error, not a refusal. */
@Controller()
export class MediaRequestsController {
  constructor(
    private readonly storing: StoreMedia,
    private readonly repository: MediaRepository,
    private readonly addresses: MediaAddresses,
    private readonly logger: Logger,
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

  @MessagePattern(listMedia.subject, Transport.NATS)
  async list(@Payload() payload: unknown): Promise<ListMediaReply> {
    const { accountSid, messageSid } = listMedia.request.parse(payload);
    const kept = await this.repository.list(accountSid, messageSid);
    return {
      media: kept.map(({ sid, contentType, byteSize, accessToken, createdAt }) => ({
        sid,
        contentType,
        byteSize,
        url: this.addresses.content(sid, accessToken),
        createdAt: createdAt.toISOString(),
      })),
    };
  }

  @MessagePattern(deleteMedia.subject, Transport.NATS)
  async delete(@Payload() payload: unknown): Promise<DeleteMediaReply> {
    const { accountSid, messageSid, mediaSid } = deleteMedia.request.parse(payload);
    const isDeleted = await this.repository.delete(accountSid, messageSid, mediaSid);
    if (isDeleted) this.logger.info({ accountSid, messageSid, mediaSid }, 'media.deleted');
    return { isDeleted };
  }
}
