import { Injectable } from '@nestjs/common';
import { messageAccepted } from '@heliograph/contracts';
import type { Transaction } from '@heliograph/postgres';
import { JobsRepository } from '../jobs/jobs.repository.js';
import { MoveMessageStatus } from '../jobs/move-message-status.js';

/** Twilio: "Validity Period Expired". */
const VALIDITY_PERIOD_EXPIRED = 30_036;

/** Fails messages that were too old to be sent when they were taken out of their lanes. */
@Injectable()
export class FailExpired {
  constructor(
    private readonly jobs: JobsRepository,
    private readonly moveMessageStatus: MoveMessageStatus,
  ) {}

  /**
   * In the transaction that deleted the messages' entries: whoever deleted one is the only one to fail its message.
   * @param now RFC 3339
   */
  async run(tx: Transaction, messageSids: readonly string[], now: string): Promise<void> {
    if (messageSids.length === 0) return;
    const jobs = await this.jobs.lock(tx, messageSids);
    const moves = [...jobs.values()].map((job) => ({
      job,
      to: 'failed' as const,
      sentAt: null,
      errorCode: VALIDITY_PERIOD_EXPIRED,
      causationId: messageAccepted.idOf(job.messageSid),
    }));
    await this.moveMessageStatus.moveAll(tx, moves, now);
  }
}
