import { Database } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { reportOfReceipt } from '../carrier/submission-report.js';
import { sidsFor } from '@heliograph/service-host';
import { ReceiptsRepository } from './receipts.repository.js';

const BATCH_SIZE = 500;

/** Sends the receipts whose time has come: each leaves the table in the transaction that reports it, so each is sent once. */
@Injectable()
export class SendDueReceipts {
  constructor(
    private readonly database: Database,
    private readonly receipts: ReceiptsRepository,
    private readonly logger: Logger,
  ) {}

  /** @returns in how many milliseconds the next receipt is due, null where none is planned */
  async send(): Promise<number | null> {
    const reportedAt = new Date();
    const sent = await this.database.transaction(async (tx) => {
      const due = await this.receipts.claimDue(tx, BATCH_SIZE);
      tx.publish(...due.map(({ submission, receipt }) => reportOfReceipt(submission, receipt, reportedAt)));
      return due.map(({ submission }) => submission);
    });
    if (sent.length > 0) this.logger.info({ count: sent.length, ...sidsFor(sent) }, 'receipts.reported');
    return sent.length === BATCH_SIZE ? 0 : await this.receipts.nextDueMs();
  }
}
