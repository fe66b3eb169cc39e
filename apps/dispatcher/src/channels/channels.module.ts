import { Module } from '@nestjs/common';
import { AnnouncedChannels } from './announced-channels.js';
import { ChannelRequestsController } from './channel-requests.controller.js';

@Module({ controllers: [ChannelRequestsController], providers: [AnnouncedChannels], exports: [AnnouncedChannels] })
export class ChannelsModule {}
