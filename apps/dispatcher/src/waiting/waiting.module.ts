import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module.js';
import { ExplainMessage } from './explain-message.js';
import { LaneChannels } from './lane-channels.js';
import { SurveyLanes } from './survey-lanes.js';
import { WaitingRepository } from './waiting.repository.js';
import { WaitingRequestsController } from './waiting-requests.controller.js';

@Module({
  imports: [ChannelsModule],
  controllers: [WaitingRequestsController],
  providers: [ExplainMessage, LaneChannels, SurveyLanes, WaitingRepository],
})
export class WaitingModule {}
