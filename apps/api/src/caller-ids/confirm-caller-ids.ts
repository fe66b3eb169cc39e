import type { Envelope, InboundReceivedData } from '@heliograph/contracts';
import { Database } from '@heliograph/postgres';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { type Answer, judgeAnswers, readCode } from './judge-answers.js';
import { VerificationsRepository } from './verifications.repository.js';

export type InboundEvent = Envelope<string, InboundReceivedData, null>;

/** Phones sent messages: those that are the code that an account waits for verify its number. They may be told of twice. */
@Injectable()
export class ConfirmCallerIds {
  constructor(
    private readonly database: Database,
    private readonly verifications: VerificationsRepository,
    private readonly logger: Logger,
  ) {}

  async confirm(events: readonly InboundEvent[]): Promise<void> {
    const answers = events.flatMap(toAnswer);
    if (answers.length === 0) return;
    const { confirmed, changed } = await this.database.transaction(async (tx) => {
      const open = await this.verifications.lock(tx, [...new Set(answers.map(({ from }) => from))]);
      const judgement = judgeAnswers(open, answers);
      await this.verifications.note(tx, judgement.changed);
      await this.verifications.confirm(tx, judgement.confirmed);
      return judgement;
    });
    if (confirmed.length + changed.length === 0) return;
    const accountSids = confirmed.map(({ accountSid }) => accountSid);
    this.logger.info({ accountSids, openCount: changed.length }, 'caller-ids.confirmed');
  }
}

/** Most of what phones send is no code, and costs no question to the database. */
function toAnswer({ id, data }: InboundEvent): Answer[] {
  const code = readCode(data.body);
  return code === null ? [] : [{ id, from: data.from, code, receivedAt: new Date(data.receivedAt) }];
}
