import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddAdaptedPictures1795600000001 implements MigrationInterface {
  /** What was made of a picture for a carrier, where it could not stay as it was. It lives and goes with the original. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE media
        ADD adapted_content_type text,
        ADD adapted_bytes bytea,
        ADD CHECK ((adapted_content_type IS NULL) = (adapted_bytes IS NULL))`);
    await runner.query(`ALTER TABLE media ALTER COLUMN adapted_bytes SET STORAGE EXTERNAL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE media DROP adapted_content_type, DROP adapted_bytes`);
  }
}
