import { Injectable } from '@nestjs/common';
import { messageStatusChanged, type AnnouncedStatus } from '@heliograph/contracts';
import { pathTo, sequenceOf } from '@heliograph/domain';
import type { Transaction } from '@heliograph/postgres';
import type { JobProgress } from './job.js';
import { JobsRepository, type StatusChange } from './jobs.repository.js';

/** Where a message's status shall move, and why. */
export interface StatusMove {
  readonly job: JobProgress;
  readonly to: AnnouncedStatus;
  /** When the carrier took the message, RFC 3339; null where it is not known or did not. */
  readonly sentAt: string | null;
  readonly errorCode: number | null;
  /** The event that brought this about. */
  readonly causationId: string;
}

/**
 * The one door for a message's status: checks that the move is forward, saves it, and announces it, in the caller's transaction.
 * A move that skips an announced status passes through it; one that is not forward is nothing. The callers hold the jobs' locks.
 */
@Injectable()
export class MoveMessageStatus {
  constructor(private readonly jobs: JobsRepository) {}

  /** @param now RFC 3339, when the moves happen */
  async moveAll(tx: Transaction, moves: readonly StatusMove[], now: string): Promise<void> {
    const changes = new Map<string, StatusChange>();
    for (const move of moves) {
      const earlier = changes.get(move.job.messageSid);
      const sentAt = move.job.sentAt ?? earlier?.sentAt ?? move.sentAt ?? (move.to === 'failed' ? null : now);
      const path = pathTo(earlier?.status ?? move.job.status, move.to);
      for (const status of path) tx.publish(announce(move, status, sentAt, now));
      if (path.length === 0) continue;
      changes.set(move.job.messageSid, {
        messageSid: move.job.messageSid,
        status: move.to,
        sentAt,
        errorCode: move.errorCode,
      });
    }
    if (changes.size > 0) await this.jobs.changeStatus(tx, [...changes.values()]);
  }
}

function announce(move: StatusMove, status: AnnouncedStatus, sentAt: string | null, now: string) {
  const { job } = move;
  return messageStatusChanged.compose(
    {
      id: messageStatusChanged.idOf(job.messageSid, status),
      occurredAt: now,
      accountSid: job.accountSid,
      correlationId: job.correlationId,
      causationId: move.causationId,
    },
    {
      messageSid: job.messageSid,
      status,
      sequence: sequenceOf(status),
      to: job.to,
      from: job.from,
      numSegments: job.numSegments,
      priceMicros: status === 'failed' ? null : job.priceMicros,
      priceUnit: job.priceUnit,
      errorCode: status === move.to ? move.errorCode : null,
      sentAt,
      statusCallback: job.statusCallback,
      statusCallbackOn: [...job.statusCallbackOn],
      rateDeckVersion: job.rateDeckVersion,
    },
  );
}
