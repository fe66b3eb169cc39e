import { createOutbox } from '@heliograph/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The carrier's books and its handsets.
 *
 * - `submissions`: every submission ever met, and what was answered; its key is what makes taking one idempotent.
 * - `receipts`: only those still to be sent; sending one deletes it, so the table holds a fraction of a second of traffic.
 * - `handset_messages`, `handset_media`: what each phone received and sent, with the carrier's own copy of the media.
 */
export class CreateSubmissionsAndHandsets1795471000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE submissions (
        submission_id  text PRIMARY KEY,
        message_sid    text NOT NULL,
        account_sid    text NOT NULL,
        attempt        integer NOT NULL,
        task_id        text NOT NULL,
        correlation_id text NOT NULL,
        answer         jsonb NOT NULL,
        submitted_at   timestamptz NOT NULL
      )`);
    // Counts how often a message was throttled already; holds nothing but throttled submissions.
    await runner.query(`
      CREATE INDEX submissions_throttled ON submissions (message_sid) WHERE answer ->> 'kind' = 'throttled'`);
    await runner.query(`
      CREATE TABLE receipts (
        submission_id text PRIMARY KEY REFERENCES submissions,
        due_at        timestamptz NOT NULL
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)`);
    // Finds what is due, and when the next one will be.
    await runner.query(`CREATE INDEX receipts_due ON receipts (due_at)`);
    await this.createHandsets(runner);
    await createOutbox(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE outbox, handset_media, handset_messages, receipts, submissions`);
  }

  private async createHandsets(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE handset_messages (
        id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        handset      text NOT NULL,
        direction    text NOT NULL CHECK (direction IN ('received', 'sent')),
        message_sid  text,
        from_address text NOT NULL,
        to_address   text NOT NULL,
        body         text NOT NULL,
        encoding     text NOT NULL CHECK (encoding IN ('gsm7', 'ucs2')),
        num_segments integer NOT NULL,
        received_at  timestamptz NOT NULL
      )`);
    // Pages through one phone's messages, and steps from phone to phone for the list of phones.
    await runner.query(`CREATE INDEX handset_messages_by_handset ON handset_messages (handset, id)`);
    await runner.query(`
      CREATE TABLE handset_media (
        message_id   bigint NOT NULL REFERENCES handset_messages ON DELETE CASCADE,
        position     integer NOT NULL,
        content_type text NOT NULL,
        bytes        bytea NOT NULL,
        PRIMARY KEY (message_id, position)
      )`);
    // Images do not get smaller: no time is spent on trying.
    await runner.query(`ALTER TABLE handset_media ALTER COLUMN bytes SET STORAGE EXTERNAL`);
  }
}
