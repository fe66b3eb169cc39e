import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { migrations } from '../migrations/migrations.js';
import { planOf } from '../testing/plan-of.js';
import { CLAIM, CLAIM_FAIRLY } from './claim-statements.js';

const LANES = 2_000;

/** Real: PostgreSQL, and the statements that run. */
describe('what a claim costs', () => {
  let postgres: TestDatabase;

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations, keep: ['paces'] });
  });
  afterAll(async () => {
    await postgres.stop();
  });

  const fill = async (messagesPerLane: number): Promise<void> => {
    const { database } = postgres;
    await postgres.truncate();
    await database.query(
      `INSERT INTO lanes (key, account_sid, sender_type, waiting, due_at_us)
       SELECT 'lane' || n, 'AC1', 'long-code', $1, n FROM generate_series(1, ${LANES}) AS n`,
      [messagesPerLane],
    );
    await database.query(
      `INSERT INTO lane_entries (lane_id, position, message_sid, segments, expires_at_us)
       SELECT lane_id, n, 'SM' || lane_id || '.' || n, 1, 9000000000000000 FROM lanes, generate_series(1, $1::int) AS n`,
      [messagesPerLane],
    );
    await database.query('VACUUM ANALYZE lanes');
    await database.query('VACUUM ANALYZE lane_entries');
  };

  it.each([
    ['by due time', CLAIM, [500]],
    ['account by account', CLAIM_FAIRLY, [500, ['AC1']]],
  ])('is the same whatever waits, %s', async (_, statement, values) => {
    await fill(1);
    const few = await planOf(postgres.database, statement, values);
    await fill(60);
    const many = await planOf(postgres.database, statement, values);
    expect(many.pages).toBeLessThan(1.5 * few.pages);
    for (const { tablesRead } of [few, many]) expect(tablesRead).not.toContain('lane_entries');
  });
});
