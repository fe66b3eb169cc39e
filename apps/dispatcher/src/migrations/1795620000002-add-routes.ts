import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * By which channels messages go: the routes of the last import, and one row per import, of which the highest version tells whether what is
 * in memory is old. `any` stands for every kind, sender type or account, and the empty prefix for every destination. Without a route,
 * everything goes by the default channel.
 */
export class AddRoutes1795620000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE route_imports (
        version     integer PRIMARY KEY,
        source      text NOT NULL,
        imported_at timestamptz NOT NULL DEFAULT now(),
        route_count integer NOT NULL
      )`);
    await runner.query(`
      CREATE TABLE routes (
        prefix      text NOT NULL,
        kind        text NOT NULL CHECK (kind IN ('sms', 'mms', 'any')),
        sender_type text NOT NULL CHECK (sender_type IN ('long-code', 'short-code', 'alphanumeric', 'any')),
        account     text NOT NULL,
        channels    text[] NOT NULL CHECK (cardinality(channels) > 0),
        CONSTRAINT routes_key PRIMARY KEY (account, prefix, sender_type, kind)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['routes', 'route_imports']) await runner.query(`DROP TABLE ${table}`);
  }
}
