import { signingKey } from '@heliograph/contracts';
import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientNats } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import { ApiCustomer, bootApi, MASTER_KEY, seedAccounts } from '../testing/booted-api.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { databaseSchema } from '../database-schema.js';
import { parseNatsUrl } from '@heliograph/jetstream';
import { AuthTokenCipher } from './auth-token-cipher.js';

/** Real: PostgreSQL, NATS, HTTP. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let account: DemoAccount;
let callbacks: ClientNats;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  account = (await seedAccounts(postgres.database)).full;
  api = await bootApi({ database: postgres.url, nats: nats.url });
  callbacks = new ClientNats(parseNatsUrl(nats.url));
}, 60_000);

afterAll(async () => {
  await callbacks?.close();
  await api?.stop();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

const cipher = new AuthTokenCipher(MASTER_KEY);
const statusWith = async (authToken: string) =>
  (await new ApiCustomer(api.url, { ...account, authToken }).get('.json')).status;

async function storeToken(slot: string, authToken: string): Promise<void> {
  const token = cipher.seal(authToken, account.sid);
  await postgres.database.query(
    `INSERT INTO auth_tokens (account_sid, slot, key_id, nonce, ciphertext, tag) VALUES ($1, $2, $3, $4, $5, $6)
     ON CONFLICT (account_sid, slot) DO UPDATE SET nonce = EXCLUDED.nonce, ciphertext = EXCLUDED.ciphertext, tag = EXCLUDED.tag`,
    [account.sid, slot, token.keyId, token.nonce, token.ciphertext, token.tag],
  );
}

describe('auth tokens', () => {
  it('are not readable in the database', async () => {
    const [row] = await postgres.database.query<{ text: string }>(
      `SELECT string_agg(t::text || encode(ciphertext, 'escape'), ' ') AS text FROM auth_tokens t`,
    );
    expect(row?.text).toContain(account.sid);
    expect(row?.text).not.toContain(account.authToken);
  });

  it('are the primary and a secondary one; a change takes effect within a second', async () => {
    const secondary = 'f'.repeat(32);
    expect([await statusWith(account.authToken), await statusWith(secondary)]).toEqual([200, 401]);
    await storeToken('secondary', secondary);
    await eventually(async () => expect(await statusWith(secondary)).toBe(200), 1_000);
    expect(await statusWith(account.authToken)).toBe(200);
    await postgres.database.query(`DELETE FROM auth_tokens WHERE slot = 'secondary'`);
    await eventually(async () => expect(await statusWith(secondary)).toBe(401), 1_000);
  });

  it('sign with the primary one', async () => {
    const ask = (accountSid: string) => firstValueFrom(callbacks.send(signingKey.subject, { accountSid }));
    await storeToken('secondary', 'e'.repeat(32));
    expect(await ask(account.sid)).toEqual({ kind: 'found', authToken: account.authToken });
    expect(await ask(`AC${'0'.repeat(32)}`)).toEqual({ kind: 'unknown' });
  });
});

describe('demo accounts', () => {
  it('are the same when they are seeded again, also twice at once, with more numbers if asked', async () => {
    const [again, more] = await Promise.all([seedAccounts(postgres.database), seedAccounts(postgres.database, 1_500)]);
    expect(again.full).toEqual(account);
    expect(again.full).toMatchObject({
      type: 'Full',
      phoneNumbers: ['+14158141829', '+14158141830'],
      shortCodes: ['70707'],
    });
    expect(again.trial).toMatchObject({ type: 'Trial', phoneNumbers: ['+14158141840'], shortCodes: [] });
    expect([more.full.sid, more.full.authToken]).toEqual([account.sid, account.authToken]);
    expect(more.full.phoneNumbers).toHaveLength(1_502);
    expect(more.full.phoneNumbers.slice(-1)).toEqual(['+14159001499']);
    const [count] = await postgres.database.query(`SELECT count(*)::int FROM numbers WHERE account_sid = $1`, [
      account.sid,
    ]);
    expect(count).toEqual({ count: 1_503 });
    expect(await postgres.database.query(`SELECT FROM accounts`)).toHaveLength(2);
  });
});
