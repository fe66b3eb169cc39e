import type { AccountSid, MessageSid } from '@heliograph/domain';
import { Database, type Transaction } from '@heliograph/postgres';
import type { FormParameters } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { CLAIM_DUE } from './claim-due.sql.js';
import { type ClaimedWebhook, type DocumentRequest, hostOf, type InboundWebhook } from './inbound-webhook.js';
import type { DocumentRecord } from './request-document.js';

/** How many may be claimed. */
export interface ClaimLimits {
  readonly total: number;
  readonly perHost: number;
  /** By host, how many are in work already; these count towards `perHost`. */
  readonly busy: ReadonlyMap<string, number>;
  /** After this long the work counts as lost. */
  readonly leaseMs: number;
}

type NewWebhook = Pick<InboundWebhook, 'messageSid' | 'accountSid' | 'from' | 'to' | 'parameters' | 'fallback'> & {
  readonly request: DocumentRequest;
};

/** Where the conversation about a message stands after a step. */
export type Progress = Pick<InboundWebhook, 'request' | 'fallback' | 'documentCount' | 'replyCount'>;

const INSERT = `
  INSERT INTO inbound_webhooks (message_sid, account_sid, from_address, to_address, parameters, request, fallback, host)
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[]::jsonb[], $6::text[]::jsonb[],
                       $7::text[]::jsonb[], $8::text[]) AS given
   ORDER BY 1
  ON CONFLICT (message_sid) DO NOTHING`;

/** Received messages, and where the conversations about them stand. */
@Injectable()
export class InboundWebhooksRepository {
  constructor(private readonly database: Database) {}

  /** Adds those that are not there yet. */
  async add(webhooks: readonly NewWebhook[]): Promise<void> {
    await this.database.query({ name: 'inbound_webhooks_insert', text: INSERT }, [
      webhooks.map(({ messageSid }) => messageSid),
      webhooks.map(({ accountSid }) => accountSid),
      webhooks.map(({ from }) => from),
      webhooks.map(({ to }) => to),
      webhooks.map(({ parameters }) => JSON.stringify(parameters)),
      webhooks.map(({ request }) => JSON.stringify(request)),
      webhooks.map(({ fallback }) => (fallback === null ? null : JSON.stringify(fallback))),
      webhooks.map(({ request }) => hostOf(request.url)),
    ]);
  }

  /** Hands out what is due for one step each. What is never heard of again is handed out once more when its lease is over. */
  async claimDue({ total, perHost, busy, leaseMs }: ClaimLimits): Promise<(ClaimedWebhook & { host: string })[]> {
    const rows = await this.database.query<ClaimedRow>({ name: 'inbound_webhooks_claim', text: CLAIM_DUE }, [
      [...busy.keys()],
      [...busy.values()],
      perHost,
      total,
      leaseMs,
    ]);
    return rows.map(toClaimed);
  }

  /** In how many milliseconds the next lease or pause is over; null for none. */
  async nextDueInMs(): Promise<number | null> {
    const [row] = await this.database.query<{ in_ms: number | null }>({
      name: 'inbound_webhooks_next',
      text: `SELECT (extract(epoch FROM min(next_attempt_at) - clock_timestamp()) * 1000)::float8 AS in_ms
               FROM inbound_webhooks WHERE state = 'pending' AND next_attempt_at > now()`,
    });
    return row === undefined || row.in_ms === null ? null : Math.max(0, row.in_ms);
  }

  /**
   * Notes where the conversation stands after a request, and the request. The claim goes on for another `leaseMs`.
   * @returns whether the claim still held; if not, somebody else goes on, and nothing was noted
   */
  async progress(
    tx: Transaction,
    { messageSid, claim }: ClaimedWebhook,
    progress: Progress,
    record: DocumentRecord,
    leaseMs: number,
  ): Promise<boolean> {
    const { request, fallback, documentCount, replyCount } = progress;
    const rows = await tx.query(
      {
        name: 'inbound_webhooks_progress',
        text: `UPDATE inbound_webhooks
                  SET request = $3, fallback = $4, document_count = $5, reply_count = $6, host = $7,
                      idempotency_token = gen_random_uuid(), next_attempt_at = now() + $8 * interval '1 millisecond'
                WHERE message_sid = $1 AND claim_count = $2 AND state = 'pending' RETURNING 1`,
      },
      [
        messageSid,
        claim,
        request === null ? null : JSON.stringify(request),
        fallback === null ? null : JSON.stringify(fallback),
        documentCount,
        replyCount,
        request === null ? '' : hostOf(request.url),
        leaseMs,
      ],
    );
    if (rows.length > 0) await this.record(tx, messageSid, documentCount, record);
    return rows.length > 0;
  }

  /** The claim goes on for another `leaseMs`. @returns whether it still held */
  async renew({ messageSid, claim }: ClaimedWebhook, leaseMs: number): Promise<boolean> {
    const rows = await this.database.query(
      {
        name: 'inbound_webhooks_renew',
        text: `UPDATE inbound_webhooks SET next_attempt_at = now() + $3 * interval '1 millisecond'
                WHERE message_sid = $1 AND claim_count = $2 AND state = 'pending' RETURNING 1`,
      },
      [messageSid, claim, leaseMs],
    );
    return rows.length > 0;
  }

  /** Gives a webhook back, to go on after `delayMs`; null where nothing is left to do. */
  async release({ messageSid, claim }: ClaimedWebhook, delayMs: number | null): Promise<void> {
    await this.database.query(
      {
        name: 'inbound_webhooks_release',
        text: `UPDATE inbound_webhooks
                  SET state = CASE WHEN $3::int IS NULL THEN 'finished' ELSE state END,
                      finished_at = CASE WHEN $3::int IS NULL THEN now() END,
                      next_attempt_at = now() + $3::int * interval '1 millisecond'
                WHERE message_sid = $1 AND claim_count = $2 AND state = 'pending'`,
      },
      [messageSid, claim, delayMs],
    );
  }

  private async record(tx: Transaction, messageSid: string, number: number, record: DocumentRecord): Promise<void> {
    const { kind, method, url, startedAt, durationMs, requestCount, status, failure } = record;
    await tx.query(
      {
        name: 'document_requests_insert',
        text: `INSERT INTO document_requests (message_sid, number, kind, method, url, started_at, duration_ms, request_count,
                                              status, error_code, error)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      },
      [
        messageSid,
        number,
        kind,
        method,
        url,
        startedAt,
        durationMs,
        requestCount,
        status,
        failure?.errorCode ?? null,
        failure?.reason.replaceAll('\0', '\ufffd') ?? null,
      ],
    );
  }
}

interface ClaimedRow {
  readonly message_sid: MessageSid;
  readonly account_sid: AccountSid;
  readonly from_address: string;
  readonly to_address: string;
  readonly parameters: FormParameters;
  readonly request: DocumentRequest | null;
  readonly fallback: InboundWebhook['fallback'];
  readonly host: string;
  readonly document_count: number;
  readonly reply_count: number;
  readonly claim_count: number;
  readonly idempotency_token: string;
}

const toClaimed = (row: ClaimedRow): ClaimedWebhook & { host: string } => ({
  messageSid: row.message_sid,
  accountSid: row.account_sid,
  from: row.from_address,
  to: row.to_address,
  parameters: row.parameters,
  request: row.request,
  fallback: row.fallback,
  host: row.host,
  documentCount: row.document_count,
  replyCount: row.reply_count,
  claim: row.claim_count,
  idempotencyToken: row.idempotency_token,
});
