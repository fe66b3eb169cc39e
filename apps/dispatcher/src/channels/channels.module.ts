import { Module } from '@nestjs/common';
import { AnnouncedChannels } from './announced-channels.js';

@Module({ providers: [AnnouncedChannels], exports: [AnnouncedChannels] })
export class ChannelsModule {}
