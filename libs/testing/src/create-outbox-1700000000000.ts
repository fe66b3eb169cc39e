import { createOutbox } from '@heliograph/postgres';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A schema with an outbox and nothing else. */
export class CreateOutbox1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutbox(runner);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE outbox`);
  }
}
