import { explainWaiting, type ExplainWaitingReply, surveyLanes, type SurveyLanesReply } from '@heliograph/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { ExplainMessage } from './explain-message.js';
import { OneByOne } from './one-by-one.js';
import { SurveyLanes } from './survey-lanes.js';

/** By then nobody waits for the answer any more. */
const PATIENCE_MS = 2_000;

/** Answers what others ask about what waits. A request that breaks the contract is an error. */
@Controller()
export class WaitingRequestsController {
  private readonly ofMessages = new OneByOne(PATIENCE_MS);
  private readonly ofLanes = new OneByOne(PATIENCE_MS);

  constructor(
    private readonly explainMessage: ExplainMessage,
    private readonly surveyWaitingLanes: SurveyLanes,
  ) {}

  @MessagePattern(explainWaiting.subject, Transport.NATS)
  async explain(@Payload() payload: unknown): Promise<ExplainWaitingReply> {
    const request = explainWaiting.request.parse(payload);
    return await this.ofMessages.answer(() => this.explainMessage.explain(request));
  }

  @MessagePattern(surveyLanes.subject, Transport.NATS)
  async survey(@Payload() payload: unknown): Promise<SurveyLanesReply> {
    surveyLanes.request.parse(payload);
    return await this.ofLanes.answer(() => this.surveyWaitingLanes.survey());
  }
}
