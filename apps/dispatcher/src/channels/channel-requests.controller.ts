import { listChannels, type ListChannelsReply } from '@heliograph/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { AnnouncedChannels } from './announced-channels.js';

/** Answers what others ask about channels. A request that breaks the contract is an error. */
@Controller()
export class ChannelRequestsController {
  constructor(private readonly channels: AnnouncedChannels) {}

  @MessagePattern(listChannels.subject, Transport.NATS)
  async list(@Payload() payload: unknown): Promise<ListChannelsReply> {
    listChannels.request.parse(payload);
    return { channels: this.channels.all().map((state) => ({ ...state, kinds: [...state.kinds] })) };
  }
}
