import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import { DeliveriesRepository } from '../deliveries/deliveries.repository.js';
import type { ClaimedDelivery } from '../deliveries/delivery.js';

/**
 * Whether the endpoint is still paused is asked once more, under a lock that its resumption waits for: what is parked is seen by whoever
 * releases what was parked.
 */
const PARK = `
  WITH given AS (
    SELECT * FROM unnest($1::text[], $2::int[], $3::int[], $4::text[], $5::text[])
      AS g (message_sid, sequence, attempt, account_sid, host)
  ), paused AS (
    SELECT e.account_sid, e.host FROM endpoints e
     WHERE e.paused_at IS NOT NULL AND (e.account_sid, e.host) IN (SELECT account_sid, host FROM given)
     ORDER BY e.account_sid, e.host FOR SHARE
  )
  UPDATE deliveries d
     SET state = CASE WHEN paused.host IS NULL THEN 'pending' ELSE 'paused' END,
         next_attempt_at = CASE WHEN paused.host IS NULL THEN now() END,
         is_due = paused.host IS NULL,
         attempt_count = d.attempt_count - 1
    FROM given LEFT JOIN paused ON paused.account_sid = given.account_sid AND paused.host = given.host
   WHERE d.message_sid = given.message_sid AND d.sequence = given.sequence
     AND d.state = 'pending' AND d.attempt_count = given.attempt`;

/** $1: after how many milliseconds the next probe is made. */
const PROBE = `
  WITH due AS (
    SELECT account_sid, host FROM endpoints WHERE paused_at IS NOT NULL AND next_probe_at <= now()
     ORDER BY next_probe_at LIMIT 100 FOR UPDATE SKIP LOCKED
  ), planned AS (
    UPDATE endpoints e SET next_probe_at = now() + $1 * interval '1 millisecond'
      FROM due WHERE e.account_sid = due.account_sid AND e.host = due.host
  ), oldest AS (
    SELECT d.message_sid, d.sequence FROM due CROSS JOIN LATERAL (
      SELECT message_sid, sequence FROM deliveries
       WHERE state = 'paused' AND account_sid = due.account_sid AND host = due.host
       ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ) d
  )
  UPDATE deliveries d SET state = 'pending', next_attempt_at = now(), is_due = true, is_probe = true
    FROM oldest WHERE d.message_sid = oldest.message_sid AND d.sequence = oldest.sequence
  RETURNING 1`;

/** $1: at most how many of each endpoint. */
const RELEASE = `
  WITH resumed AS (
    SELECT account_sid, host FROM endpoints WHERE is_releasing LIMIT 100
  ), oldest AS (
    SELECT d.message_sid, d.sequence FROM resumed CROSS JOIN LATERAL (
      SELECT message_sid, sequence FROM deliveries
       WHERE state = 'paused' AND account_sid = resumed.account_sid AND host = resumed.host
       ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED
    ) d
  )
  UPDATE deliveries d SET state = 'pending', next_attempt_at = now(), is_due = true
    FROM oldest WHERE d.message_sid = oldest.message_sid AND d.sequence = oldest.sequence
  RETURNING 1`;

/** What has let go of all its deliveries need not be known any more, unless it fails again. */
const FORGET_RELEASED = `
  WITH empty AS (
    SELECT e.account_sid, e.host FROM endpoints e
     WHERE e.is_releasing
       AND NOT EXISTS (SELECT FROM deliveries d
                        WHERE d.state = 'paused' AND d.account_sid = e.account_sid AND d.host = e.host)
     FOR UPDATE OF e SKIP LOCKED
  )
  UPDATE endpoints e SET is_releasing = false FROM empty WHERE e.account_sid = empty.account_sid AND e.host = empty.host`;

const FORGET_WELL = `
  DELETE FROM endpoints WHERE failing_since IS NULL AND paused_at IS NULL AND NOT is_releasing`;

/** Deliveries that wait because their endpoint is paused. */
@Injectable()
export class PausedDeliveriesRepository {
  constructor(
    private readonly database: Database,
    private readonly deliveries: DeliveriesRepository,
  ) {}

  /** Puts claimed deliveries aside; the claim was no attempt. Those whose endpoint is not paused after all are due again. */
  async park(claimed: readonly ClaimedDelivery[]): Promise<void> {
    await this.database.transaction(async (tx) => {
      // Deliveries are locked before endpoints by everybody, so nobody waits in a circle.
      await this.deliveries.lock(tx, claimed);
      await tx.query({ name: 'deliveries_park', text: PARK }, [
        claimed.map(({ messageSid }) => messageSid),
        claimed.map(({ sequence }) => sequence),
        claimed.map(({ attempt }) => attempt),
        claimed.map(({ accountSid }) => accountSid),
        claimed.map(({ host }) => host),
      ]);
    });
  }

  /** Lets the oldest delivery go of each endpoint whose time has come. @returns how many */
  async releaseProbes(probeEveryMs: number): Promise<number> {
    return (await this.database.query({ name: 'deliveries_probe', text: PROBE }, [probeEveryMs])).length;
  }

  /** Lets the deliveries of resumed endpoints go, the oldest first. @returns how many; 0 when all are gone */
  async releaseResumed(limitPerEndpoint: number): Promise<number> {
    return (await this.database.query({ name: 'deliveries_resume', text: RELEASE }, [limitPerEndpoint])).length;
  }

  /** Forgets endpoints that are well and have nothing left to release. */
  async forgetWell(): Promise<void> {
    await this.database.query({ name: 'endpoints_forget_released', text: FORGET_RELEASED });
    await this.database.query({ name: 'endpoints_forget_well', text: FORGET_WELL });
  }
}
