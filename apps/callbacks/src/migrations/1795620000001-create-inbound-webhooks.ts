import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is asked of customers when a message came in, and what follows from the answers.
 *
 * - `inbound_webhooks`: one row for each message, and in it where its conversation with the customer's server stands. `request` is what is
 *   to be requested next, null where nothing is; a row in work is `pending`, and `next_attempt_at` is when the work counts as lost.
 *   `claim_count` names who has it: what an earlier claim finds out no longer counts.
 * - `replies`: what the documents asked for, in their order, and what became of it.
 * - `document_requests`: every request that was made.
 * - `webhook_cookies`: what servers asked to be told again, for each pair of numbers.
 * - `notifications`: what the customer can read of mistakes.
 */
export class CreateInboundWebhooks1795620000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE inbound_webhooks (
        message_sid       text COLLATE "C" PRIMARY KEY,
        account_sid       text NOT NULL,
        from_address      text NOT NULL,
        to_address        text NOT NULL,
        parameters        jsonb NOT NULL,
        request           jsonb,
        fallback          jsonb,
        host              text NOT NULL,
        state             text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'finished')),
        document_count    integer NOT NULL DEFAULT 0,
        reply_count       integer NOT NULL DEFAULT 0,
        claim_count       integer NOT NULL DEFAULT 0,
        idempotency_token uuid NOT NULL DEFAULT gen_random_uuid(),
        next_attempt_at   timestamptz DEFAULT now() CHECK ((next_attempt_at IS NOT NULL) = (state = 'pending')),
        created_at        timestamptz NOT NULL DEFAULT now(),
        finished_at       timestamptz
      )`);
    // Steps from host to host, and takes what is due of each, oldest first: a host's backlog costs the others nothing.
    await runner.query(`
      CREATE INDEX inbound_webhooks_by_host ON inbound_webhooks (host, next_attempt_at) WHERE state = 'pending'`);
    // Finds when the next is due.
    await runner.query(`
      CREATE INDEX inbound_webhooks_by_time ON inbound_webhooks (next_attempt_at) WHERE state = 'pending'`);
    await runner.query(`
      CREATE TABLE replies (
        message_sid text COLLATE "C" NOT NULL REFERENCES inbound_webhooks,
        reply_index integer NOT NULL,
        content     jsonb NOT NULL,
        state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'created', 'refused', 'blocked')),
        reply_sid   text,
        error_code  integer,
        PRIMARY KEY (message_sid, reply_index)
      )`);
    await runner.query(`
      CREATE TABLE document_requests (
        message_sid   text COLLATE "C" NOT NULL REFERENCES inbound_webhooks,
        number        integer NOT NULL,
        kind          text NOT NULL,
        method        text NOT NULL,
        url           text NOT NULL,
        started_at    timestamptz NOT NULL,
        duration_ms   integer NOT NULL,
        request_count integer NOT NULL,
        status        integer,
        error_code    integer,
        error         text,
        PRIMARY KEY (message_sid, number)
      )`);
    await runner.query(`
      CREATE TABLE webhook_cookies (
        account_sid  text NOT NULL,
        from_address text NOT NULL,
        to_address   text NOT NULL,
        cookies      jsonb NOT NULL,
        expires_at   timestamptz NOT NULL,
        PRIMARY KEY (account_sid, from_address, to_address)
      )`);
    // Finds those that are to be forgotten.
    await runner.query(`CREATE INDEX webhook_cookies_by_expiry ON webhook_cookies (expires_at)`);
    await runner.query(`
      CREATE TABLE notifications (
        sid               text COLLATE "C" PRIMARY KEY DEFAULT 'NO' || replace(gen_random_uuid()::text, '-', ''),
        place             bigint GENERATED ALWAYS AS IDENTITY,
        account_sid       text COLLATE "C" NOT NULL,
        message_sid       text NOT NULL,
        log               smallint NOT NULL,
        error_code        integer NOT NULL,
        message_text      text NOT NULL,
        message_date      timestamptz NOT NULL DEFAULT now(),
        request_url       text NOT NULL,
        request_method    text NOT NULL,
        request_variables text NOT NULL,
        response_headers  text NOT NULL,
        response_body     text NOT NULL
      )`);
    // An account's list, newest first.
    await runner.query(`CREATE INDEX notifications_by_account ON notifications (account_sid, place)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE notifications, webhook_cookies, document_requests, replies, inbound_webhooks`);
  }
}
