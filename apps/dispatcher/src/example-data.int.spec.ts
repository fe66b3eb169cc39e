import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Database } from '@heliograph/postgres';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { CarriersRepository } from './carriers/carriers.repository.js';
import { importExampleData } from './example-data.js';
import { migrations } from './migrations/migrations.js';
import { deckInForce } from './pricing/rate-deck.js';
import { RateDecksRepository } from './pricing/rate-decks.repository.js';

/** Real: PostgreSQL, from before rates had versions on. */
describe('example data', () => {
  let postgres: TestDatabase;
  let database: Database;
  const priceOf = async (to: string) => {
    const nowMs = Date.now();
    const deck = deckInForce(await new RateDecksRepository(database).readFrom(nowMs), nowMs);
    const rate = deck.findRate({ kind: 'sms', senderType: 'long-code', to, nowMs });
    return { version: deck.version, priceMicros: rate?.priceMicros ?? null };
  };

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations: migrations.slice(0, 1) });
    await postgres.database.query(
      `INSERT INTO rates (prefix, kind, price_micros) VALUES ('', 'sms', 50000), ('+1', 'sms', 7000)`,
    );
    const options = { url: postgres.url, schema: 'dispatcher', migrations, migrateOnStart: true };
    database = await Database.connect(options);
  }, 60_000);

  afterAll(async () => {
    await database.close();
    await postgres.stop();
  });

  it('finds the rates from before they had versions in force, as version 1', async () => {
    expect(await priceOf('+15558675309')).toEqual({ version: 1, priceMicros: 7_000 });
    expect(await priceOf('+85012345678')).toEqual({ version: 1, priceMicros: 50_000 });
  });

  it('is imported once, and never over what an operator has imported', async () => {
    await importExampleData(database);
    expect(await priceOf('+15558675309')).toEqual({ version: 2, priceMicros: 7_500 });
    expect(await priceOf('+85012345678')).toEqual({ version: 2, priceMicros: null });
    const carriers = new CarriersRepository(database);
    await carriers.replaceAll(
      [{ prefix: '+4', name: 'Own', country: 'GB', hasMms: true, imageLimits: null }],
      'own.csv',
    );
    await importExampleData(database);
    expect((await new RateDecksRepository(database).list()).map(({ version }) => version)).toEqual([2, 1]);
    expect((await carriers.read()).map(({ name }) => name)).toEqual(['Own']);
  });

  it('goes back to rates without versions', async () => {
    for (let index = 1; index < migrations.length; index += 1) await database.dataSource.undoLastMigration();
    const rates = await database.query(`SELECT * FROM rates WHERE prefix IN ('', '+1') ORDER BY kind`);
    expect(rates).toEqual([
      { prefix: '+1', kind: 'mms', price_micros: '20000' },
      { prefix: '+1', kind: 'sms', price_micros: '7500' },
    ]);
  });
});
