import { Injectable } from '@nestjs/common';
import type { AnnouncedStatus, StoredMedia, SubmitTaskData } from '@heliograph/contracts';
import type { AccountSid, OutboundStatus } from '@heliograph/domain';
import type { Queries } from '@heliograph/postgres';
import type { ClaimedJob, ClaimedMessage, Job, JobProgress } from './job.js';

/** A change of status, decided by the status door. */
export interface StatusChange {
  readonly messageSid: string;
  readonly status: OutboundStatus;
  readonly sentAt: string | null;
  readonly errorCode: number | null;
}

const TASK_COLUMNS = `jobs.message_sid, account_sid, accepted_sequence, lane_id, sender_type, from_address, to_address, kind, body,
  encoding, num_segments, media, jobs.channel, correlation_id, accepted_at, attempt`;

@Injectable()
export class JobsRepository {
  /** Stores the jobs that are not known yet; returns the sids of those. */
  async insertNew(queries: Queries, jobs: readonly Job[]): Promise<Set<string>> {
    const rows = await queries.query<{ message_sid: string }>(
      {
        name: 'jobs_insert',
        text: `
          INSERT INTO jobs (message_sid, account_sid, accepted_sequence, lane_id, sender_type, from_address, to_address, kind,
            body, encoding, num_segments, media, price_micros, price_unit, status_callback, list_id, correlation_id, accepted_at,
            rate_deck_version, status_callback_on, expires_at_us)
          SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::text[], $10::text[], $11::int[], $12::jsonb[], $13::bigint[], $14::text[], $15::text[], $16::int[], $17::text[],
            $18::timestamptz[], $19::int[], $20::jsonb[], $21::bigint[])
          ON CONFLICT (message_sid) DO NOTHING RETURNING message_sid`,
      },
      columnsOf(jobs),
    );
    return new Set(rows.map((row) => row.message_sid));
  }

  /** Notes that these messages were claimed for submission, and returns what their channel must know, in the order given. */
  async markClaimed(
    queries: Queries,
    claimed: readonly ClaimedMessage[],
    claimedAtUs: number,
    redriveAfterMs: number,
  ): Promise<ClaimedJob[]> {
    const rows = await queries.query<TaskRow>(
      {
        name: 'jobs_claim',
        text: `
          UPDATE jobs SET attempt = attempt + 1, claimed_at_us = $4, claimed_list_id = claimed.list_id, channel = claimed.channel,
            redrive_at = clock_timestamp() + $5 * interval '1 millisecond'
          FROM unnest($1::text[], $2::int[], $3::text[]) AS claimed (message_sid, list_id, channel)
          WHERE jobs.message_sid = claimed.message_sid RETURNING ${TASK_COLUMNS}`,
      },
      [
        claimed.map(({ messageSid }) => messageSid),
        claimed.map(({ listId }) => listId),
        claimed.map(({ channel }) => channel),
        claimedAtUs,
        redriveAfterMs,
      ],
    );
    const bySid = new Map<string, ClaimedJob>(rows.map((row) => [row.message_sid, claimedJobFrom(row)]));
    return claimed.flatMap(({ messageSid }) => bySid.get(messageSid) ?? []);
  }

  /** Locks the jobs of these messages until the transaction ends; messages without a job are missing from the answer. */
  async lock(queries: Queries, messageSids: readonly string[]): Promise<Map<string, JobProgress>> {
    const rows = await queries.query<ProgressRow>(
      {
        name: 'jobs_lock',
        text: `SELECT message_sid, account_sid, accepted_sequence, lane_id, list_id, claimed_list_id, channel, from_address, to_address, num_segments, price_micros,
                 price_unit, rate_deck_version, status_callback, status_callback_on, correlation_id, expires_at_us, status, attempt,
                 claimed_at_us, sent_at, redrive_at IS NOT NULL AS is_with_channel
               FROM jobs WHERE message_sid = ANY($1) ORDER BY message_sid FOR NO KEY UPDATE`,
      },
      [messageSids],
    );
    return new Map(rows.map((row) => [row.message_sid, progressFrom(row)]));
  }

  async changeStatus(queries: Queries, changes: readonly StatusChange[]): Promise<void> {
    await queries.query(
      {
        name: 'jobs_change_status',
        text: `
          UPDATE jobs SET status = change.status, error_code = change.error_code,
            sent_at = coalesce(jobs.sent_at, change.sent_at), redrive_at = NULL
          FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::int[]) AS change (message_sid, status, sent_at, error_code)
          WHERE jobs.message_sid = change.message_sid`,
      },
      [
        changes.map((change) => change.messageSid),
        changes.map((change) => change.status),
        changes.map((change) => change.sentAt),
        changes.map((change) => change.errorCode),
      ],
    );
  }

  /** The channel has given these back: nobody has them until they are claimed again. */
  async markReturned(queries: Queries, messageSids: readonly string[]): Promise<void> {
    await queries.query(
      { name: 'jobs_return', text: `UPDATE jobs SET redrive_at = NULL WHERE message_sid = ANY($1)` },
      [messageSids],
    );
  }

  /**
   * Takes submissions whose channel has been silent for too long, and sets the next time to ask: each time twice as long after
   * the claim as the time before.
   */
  async takeSilent(queries: Queries, limit: number): Promise<ClaimedJob[]> {
    const rows = await queries.query<TaskRow>(
      {
        name: 'jobs_take_silent',
        text: `
          UPDATE jobs SET redrive_at = clock_timestamp() + greatest(
            clock_timestamp() - to_timestamp(claimed_at_us / 1000000.0), interval '1 second')
          WHERE message_sid IN (
            SELECT message_sid FROM jobs WHERE redrive_at <= clock_timestamp()
            ORDER BY redrive_at LIMIT $1 FOR UPDATE SKIP LOCKED)
          RETURNING ${TASK_COLUMNS}`,
      },
      [limit],
    );
    return rows.map(claimedJobFrom);
  }
}

interface TaskRow {
  message_sid: SubmitTaskData['messageSid'];
  account_sid: AccountSid;
  accepted_sequence: string;
  lane_id: string;
  sender_type: SubmitTaskData['senderType'];
  from_address: string;
  to_address: string;
  kind: SubmitTaskData['kind'];
  body: string;
  encoding: SubmitTaskData['encoding'];
  num_segments: number;
  media: StoredMedia[];
  channel: string;
  correlation_id: string;
  accepted_at: Date;
  attempt: number;
}

interface ProgressRow {
  message_sid: SubmitTaskData['messageSid'];
  account_sid: AccountSid;
  accepted_sequence: string;
  lane_id: string;
  list_id: number;
  claimed_list_id: number | null;
  channel: string | null;
  from_address: string;
  to_address: string;
  num_segments: number;
  price_micros: string | null;
  price_unit: string;
  rate_deck_version: number | null;
  status_callback: string | null;
  status_callback_on: AnnouncedStatus[];
  correlation_id: string;
  expires_at_us: string;
  status: OutboundStatus;
  attempt: number;
  claimed_at_us: string | null;
  sent_at: Date | null;
  is_with_channel: boolean;
}

function columnsOf(jobs: readonly Job[]): unknown[] {
  const column = <Value>(read: (job: Job) => Value): Value[] => jobs.map(read);
  return [
    column((job) => job.messageSid),
    column((job) => job.accountSid),
    column((job) => job.acceptedSequence),
    column((job) => job.laneId),
    column((job) => job.senderType),
    column((job) => job.from),
    column((job) => job.to),
    column((job) => job.kind),
    column((job) => job.body),
    column((job) => job.encoding),
    column((job) => job.numSegments),
    column((job) => JSON.stringify(job.media)),
    column((job) => job.priceMicros),
    column((job) => job.priceUnit),
    column((job) => job.statusCallback),
    column((job) => job.listId),
    column((job) => job.correlationId),
    column((job) => job.acceptedAt),
    column((job) => job.rateDeckVersion),
    column((job) => JSON.stringify(job.statusCallbackOn)),
    column((job) => job.expiresAtUs),
  ];
}

function claimedJobFrom(row: TaskRow): ClaimedJob {
  return {
    messageSid: row.message_sid,
    accountSid: row.account_sid,
    acceptedSequence: Number(row.accepted_sequence),
    laneId: row.lane_id,
    senderType: row.sender_type,
    from: row.from_address,
    to: row.to_address,
    kind: row.kind,
    body: row.body,
    encoding: row.encoding,
    numSegments: row.num_segments,
    media: row.media,
    channel: row.channel,
    correlationId: row.correlation_id,
    acceptedAt: row.accepted_at.toISOString(),
    attempt: row.attempt,
  };
}

function progressFrom(row: ProgressRow): JobProgress {
  return {
    messageSid: row.message_sid,
    accountSid: row.account_sid,
    acceptedSequence: Number(row.accepted_sequence),
    laneId: row.lane_id,
    listId: row.list_id,
    claimedListId: row.claimed_list_id,
    channel: row.channel,
    from: row.from_address,
    to: row.to_address,
    numSegments: row.num_segments,
    priceMicros: row.price_micros === null ? null : Number(row.price_micros),
    priceUnit: row.price_unit,
    rateDeckVersion: row.rate_deck_version,
    statusCallback: row.status_callback,
    statusCallbackOn: row.status_callback_on,
    correlationId: row.correlation_id,
    expiresAtUs: Number(row.expires_at_us),
    status: row.status,
    attempt: row.attempt,
    isWithChannel: row.is_with_channel,
    claimedAtUs: row.claimed_at_us === null ? null : Number(row.claimed_at_us),
    sentAt: row.sent_at?.toISOString() ?? null,
  };
}
