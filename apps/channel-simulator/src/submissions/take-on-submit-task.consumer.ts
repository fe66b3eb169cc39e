import { channelReadsSubmitTasks, submitTask } from '@heliograph/contracts';
import { done, type Outcome, ReadsBatches, retryIn } from '@heliograph/jetstream';
import { Controller } from '@nestjs/common';
import { CHANNEL } from '../channel.js';
import type { SubmitTask } from './answer-tasks.js';
import { TakeSubmissions, type TakeResult } from './take-submissions.js';

const MEDIA_RETRY_MS = 1_000;

@Controller()
export class TakeOnSubmitTaskConsumer {
  constructor(private readonly takeSubmissions: TakeSubmissions) {}

  @ReadsBatches(channelReadsSubmitTasks(CHANNEL), submitTask)
  async take(batch: SubmitTask[]): Promise<readonly Outcome[]> {
    return (await this.takeSubmissions.take(batch)).map(outcomeOf);
  }
}

const outcomeOf = (result: TakeResult): Outcome =>
  result.kind === 'postponed' ? retryIn(MEDIA_RETRY_MS, result.reason) : done;
