import { signingKey } from '@heliograph/contracts';
import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { AccountResource, ErrorEnvelope, PageEnvelope } from '@heliograph/twilio';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientNats } from '@nestjs/microservices';
import { firstValueFrom } from 'rxjs';
import twilio from 'twilio';
import { AccountDirectory } from './account-directory.js';
import { ApiCustomer, basic, bootApi, MASTER_KEY, seedAccounts } from '../testing/booted-api.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { databaseSchema } from '../database-schema.js';
import { parseNatsUrl } from '@heliograph/jetstream';
import { AuthTokenCipher } from './auth-token-cipher.js';

/** Real: PostgreSQL, NATS, HTTP, and Twilio's own client. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let account: DemoAccount;
let trial: DemoAccount;
let callbacks: ClientNats;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  ({ full: account, trial } = await seedAccounts(postgres.database));
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

describe('Accounts', () => {
  const pathOf = ({ sid }: { sid: string }) => `/2010-04-01/Accounts/${sid}.json`;
  const request = (path: string, init: RequestInit = {}, as = account) =>
    fetch(`${api.url}${path}`, { ...init, headers: { authorization: basic(as.sid, as.authToken) } });
  const update = (fields: Record<string, string>) =>
    request(pathOf(account), { method: 'POST', body: new URLSearchParams(fields) });
  const fetchAccount = async () => (await (await request(pathOf(account))).json()) as AccountResource;
  const codeOf = async (response: Response) => ((await response.json()) as ErrorEnvelope).code;

  it('show the own account to its owner and to nobody else', async () => {
    expect(await fetchAccount()).toMatchObject({
      sid: account.sid,
      owner_account_sid: account.sid,
      auth_token: account.authToken,
      status: 'active',
      type: 'Full',
      mms_fallback: true,
      uri: pathOf(account),
    });
    const { status } = await request(pathOf(trial));
    expect([status, await codeOf(await request(pathOf({ sid: 'AC1' })))]).toEqual([404, 20404]);
    expect((await fetch(`${api.url}/2010-04-01/Accounts.json`)).status).toBe(401);
  });

  it('lets the owner change FriendlyName and MmsFallback, which count at once', async () => {
    const before = await fetchAccount();
    const answer = await update({ FriendlyName: 'Renamed', MmsFallback: 'false' });
    expect(answer.status).toBe(200);
    const changed = (await answer.json()) as AccountResource;
    const expected = { ...before, friendly_name: 'Renamed', mms_fallback: false };
    expect(changed).toEqual({ ...expected, date_updated: changed.date_updated });
    const directory = api.app.get(AccountDirectory, { strict: false });
    expect((await directory.find(account.sid))?.account.hasMmsFallback).toBe(false);
    expect(await (await update({ MmsFallback: 'true' })).json()).toMatchObject({ mms_fallback: true });
  });

  it.each([
    [{ Status: 'closed', FriendlyName: 'Closed' }, 21477],
    [{ Status: 'gone' }, 21475],
    [{ FriendlyName: 'x'.repeat(65) }, 20002],
    [{ MmsFallback: 'off', FriendlyName: 'Off' }, 20422],
  ])('refuses %j with %i and changes nothing', async (fields, code) => {
    const before = await fetchAccount();
    expect(await codeOf(await update(fields as Record<string, string>))).toBe(code);
    expect(await fetchAccount()).toEqual(before);
  });

  it('list the own account, also to the SDK', async () => {
    const client = twilio(account.sid, account.authToken);
    client.api.baseUrl = api.url;
    const { friendly_name: friendlyName } = await fetchAccount();
    const sidsWith = async (filters: { friendlyName?: string; status?: 'active' | 'closed' }) =>
      (await client.api.v2010.accounts.list(filters)).map(({ sid }) => sid);
    expect([await sidsWith({}), await sidsWith({ friendlyName, status: 'active' })]).toEqual([
      [account.sid],
      [account.sid],
    ]);
    expect([await sidsWith({ status: 'closed' }), await sidsWith({ friendlyName: 'Other' })]).toEqual([[], []]);
    const page = (await (await request('/2010-04-01/Accounts.json?Status=active')).json()) as PageEnvelope;
    expect([page.uri, page.next_page_uri]).toEqual([
      '/2010-04-01/Accounts.json?Status=active&PageSize=50&Page=0',
      null,
    ]);
    expect(await codeOf(await request('/2010-04-01/Accounts.json?Status=gone'))).toBe(20422);
  });

  it('have no subaccounts', async () => {
    expect(await codeOf(await request('/2010-04-01/Accounts.json', { method: 'POST' }))).toBe(20004);
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

  it('are known again, and get back a number that they gave away', async () => {
    const inventory = () => postgres.database.query(`SELECT phone_number FROM number_inventory ORDER BY phone_number`);
    const before = await inventory();
    expect(before).toHaveLength(111);
    await postgres.database.query(`WITH released AS (DELETE FROM numbers WHERE address = '+14158141829' RETURNING *)
      INSERT INTO number_inventory SELECT address, can_send_sms, can_send_mms FROM released`);
    expect((await seedAccounts(postgres.database)).full.sid).toBe(account.sid);
    const [number] = await postgres.database.query(`SELECT account_sid FROM numbers WHERE address = '+14158141829'`);
    expect(number).toEqual({ account_sid: account.sid });
    expect(await inventory()).toEqual(before);
  });
});
