import type { MigrationInterface, QueryRunner } from 'typeorm';

export class VersionRatesAndAddCarriers1795510000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await this.createRateDecks(runner);
    await this.carryRatesOver(runner);
    await this.createCarriers(runner);
  }

  /** Keeps the newest deck's prices for any sender: the table that is brought back has no room for more. */
  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['carriers', 'carrier_imports']) await runner.query(`DROP TABLE ${table}`);
    await runner.query(`ALTER TABLE rates RENAME TO versioned_rates`);
    await runner.query(`
      CREATE TABLE rates (
        prefix       text NOT NULL,
        kind         text NOT NULL CHECK (kind IN ('sms', 'mms')),
        price_micros bigint NOT NULL CHECK (price_micros >= 0),
        PRIMARY KEY (prefix, kind)
      )`);
    await runner.query(`
      INSERT INTO rates
      SELECT DISTINCT ON (prefix, kind) prefix, kind, price_micros FROM versioned_rates
      WHERE sender_type = 'any' AND version = (SELECT max(version) FROM rate_decks) AND valid_from <= now()
      ORDER BY prefix, kind, valid_from DESC`);
    for (const table of ['versioned_rates', 'rate_decks']) await runner.query(`DROP TABLE ${table}`);
  }

  /**
   * One row per import in `rate_decks`, its rates in `rates`; neither is ever changed. A deck is in force from the moment that the first
   * of its rates is valid. The key of `rates` serves the reading of whole decks.
   */
  private async createRateDecks(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE rate_decks (
        version       integer PRIMARY KEY,
        source        text,
        imported_at   timestamptz NOT NULL DEFAULT now(),
        in_force_from timestamptz NOT NULL,
        rate_count    integer NOT NULL
      )`);
    await runner.query(`ALTER TABLE rates RENAME TO unversioned_rates`);
    await runner.query(`
      CREATE TABLE rates (
        version      integer NOT NULL REFERENCES rate_decks,
        prefix       text NOT NULL,
        country      text NOT NULL,
        kind         text NOT NULL CHECK (kind IN ('sms', 'mms')),
        sender_type  text NOT NULL CHECK (sender_type IN ('long-code', 'short-code', 'any')),
        price_micros bigint NOT NULL CHECK (price_micros >= 0),
        valid_from   timestamptz NOT NULL,
        CONSTRAINT rates_key PRIMARY KEY (version, prefix, kind, sender_type, valid_from)
      )`);
  }

  /** What was there becomes version 1, so that an operator's prices stay in force. */
  private async carryRatesOver(runner: QueryRunner): Promise<void> {
    await runner.query(`
      INSERT INTO rate_decks (version, in_force_from, rate_count)
      SELECT 1, to_timestamp(0), count(*) FROM unversioned_rates HAVING count(*) > 0`);
    await runner.query(`
      INSERT INTO rates (version, prefix, country, kind, sender_type, price_micros, valid_from)
      SELECT 1, prefix, '*', kind, 'any', price_micros, to_timestamp(0) FROM unversioned_rates`);
    await runner.query(`DROP TABLE unversioned_rates`);
  }

  /** The carriers of the last import, and one row per import: the highest version tells whether what is in memory is old. */
  private async createCarriers(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE carrier_imports (
        version       integer PRIMARY KEY,
        source        text NOT NULL,
        imported_at   timestamptz NOT NULL DEFAULT now(),
        carrier_count integer NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE carriers (
        prefix              text PRIMARY KEY,
        name                text NOT NULL,
        country             text NOT NULL,
        has_mms             boolean NOT NULL,
        max_image_bytes     integer,
        max_image_width_px  integer,
        max_image_height_px integer,
        CONSTRAINT carriers_image_limits CHECK (num_nulls(max_image_bytes, max_image_width_px, max_image_height_px) IN (0, 3))
      )`);
  }
}
