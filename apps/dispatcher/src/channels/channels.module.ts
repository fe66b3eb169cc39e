import { Module } from '@nestjs/common';
import { AnnouncedChannels } from './announced-channels.js';
import { ChannelCeilings } from './channel-ceilings.repository.js';
import { ChannelLists } from './channel-lists.repository.js';
import { ChannelRequestsController } from './channel-requests.controller.js';
import { TakeRoom } from './take-room.js';

@Module({
  controllers: [ChannelRequestsController],
  providers: [AnnouncedChannels, ChannelCeilings, ChannelLists, TakeRoom],
  exports: [AnnouncedChannels, ChannelCeilings, ChannelLists, TakeRoom],
})
export class ChannelsModule {}
