import { explainWaiting, type ExplainWaitingReply } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import { NatsRequests } from '@heliograph/jetstream';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { Unavailable } from '../errors/unavailable.js';
import { WaitingSource } from './waiting-source.js';

/** Whoever asks looks at a page, or asks again. */
const ANSWER_TIMEOUT_MS = 2_000;

/** The `dispatcher` service, asked over NATS. */
@Injectable()
export class WaitingSourceClient extends WaitingSource {
  constructor(
    private readonly requests: NatsRequests,
    private readonly logger: Logger,
  ) {
    super();
  }

  async explain(accountSid: AccountSid, messageSid: MessageSid): Promise<ExplainWaitingReply> {
    try {
      return await this.requests.ask(explainWaiting, { accountSid, messageSid }, ANSWER_TIMEOUT_MS);
    } catch (err) {
      this.logger.warn({ accountSid, messageSid, err }, 'waiting.not-explained');
      throw new Unavailable('No dispatcher says what messages wait for', { cause: err });
    }
  }
}
