import { Module } from '@nestjs/common';
import { AnnounceChannel } from './announce-channel.js';
import { CarrierLink } from './carrier-link.js';

@Module({ providers: [AnnounceChannel, CarrierLink] })
export class AnnouncingModule {}
