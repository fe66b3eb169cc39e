import { Module } from '@nestjs/common';
import { AnnouncedChannels } from './announced-channels.js';
import { ChannelLists } from './channel-lists.repository.js';
import { ChannelRequestsController } from './channel-requests.controller.js';

@Module({
  controllers: [ChannelRequestsController],
  providers: [AnnouncedChannels, ChannelLists],
  exports: [AnnouncedChannels, ChannelLists],
})
export class ChannelsModule {}
