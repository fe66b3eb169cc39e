import type { MigrationInterface, QueryRunner } from 'typeorm';

export class LetApplicationsBeDialled1795502000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE applications ADD COLUMN has_public_connect boolean NOT NULL DEFAULT false`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE applications DROP COLUMN has_public_connect`);
  }
}
