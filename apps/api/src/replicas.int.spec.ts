import type { RunningService } from '@heliograph/service-host';
import { startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { ErrorEnvelope, IncomingPhoneNumberResource } from '@heliograph/twilio';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { accountsCommands } from './accounts/accounts-commands.js';
import { databaseSchema } from './database-schema.js';
import type { DemoAccount } from './demo/seed-demo-accounts.js';
import { numbersCommands } from './numbers/numbers-commands.js';
import { AccountResources, bootApi, MASTER_KEY, seedAccounts } from './testing/booted-api.js';
import { withDatabaseOf } from './with-database.js';

/** Real: PostgreSQL, NATS, HTTP; two replicas of the api on one database, both busy, so that each has everything at hand. */
let postgres: TestDatabase;
let nats: TestNats;
let replicas: RunningService[];
let account: DemoAccount;
let trial: DemoAccount;
let onA: AccountResources;
let onB: AccountResources;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  ({ full: account, trial } = await seedAccounts(postgres.database));
  const surroundings = { database: postgres.url, nats: nats.url };
  replicas = await Promise.all([bootApi(surroundings), bootApi(surroundings)]);
  [onA, onB] = replicas.map(({ url }) => new AccountResources(url, account)) as [AccountResources, AccountResources];
}, 60_000);

afterAll(async () => {
  await Promise.all((replicas ?? []).map((replica) => replica.stop()));
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

const codeOf = async (response: Response): Promise<number> =>
  response.ok ? response.status : ((await response.json()) as ErrorEnvelope).code;

const sendFrom = (from: string, at: AccountResources) => async (): Promise<number> =>
  codeOf(await at.post('Messages.json', { From: from, To: '+15558675309', Body: 'Hi' }));

const operate = (...args: string[]): Promise<string> => {
  const withDatabase = withDatabaseOf({ DATABASE_URL: postgres.url, MASTER_KEY: MASTER_KEY.toString('base64') });
  const commands = [...accountsCommands(withDatabase), ...numbersCommands(withDatabase)];
  return commands.find(({ usage }) => usage.startsWith(args.slice(0, 2).join(' ')))!.run(args.slice(2));
};

/**
 * Asks one replica again and again, before and after something is changed.
 * @returns the answers to the requests that began before the change, within a second after it, and later
 */
async function answersAround(ask: () => Promise<number>, changed: Promise<void>) {
  const answers = { before: new Set<number>(), within: [] as number[], later: new Set<number>() };
  let changedAtMs = Infinity;
  void changed.then(() => (changedAtMs = performance.now()));
  for (let sinceMs = -Infinity; sinceMs < 1_300; sinceMs = performance.now() - changedAtMs) {
    const ageMs = performance.now() - changedAtMs;
    const answer = await ask();
    if (ageMs > 1_000) answers.later.add(answer);
    else if (ageMs > 0) answers.within.push(answer);
    // What began before the change may have been answered after it.
    else if (changedAtMs === Infinity) answers.before.add(answer);
    await delay(20);
  }
  return answers;
}

/** Makes a change while both replicas are asked. @returns what each answered */
async function observe(asks: readonly (() => Promise<number>)[], change: () => Promise<unknown>) {
  const changed = delay(300).then(async () => void (await change()));
  const answers = await Promise.all(asks.map((ask) => answersAround(ask, changed)));
  await changed;
  return answers;
}

describe('a change takes effect on every replica within a second, and at once where it was made:', () => {
  const on = (send: (at: AccountResources) => () => Promise<number>) => [send(onA), send(onB)];
  const expectChange = (answers: Awaited<ReturnType<typeof observe>>, before: number, after: number) => {
    for (const each of answers) expect([...each.before, '→', ...each.later]).toEqual([before, '→', after]);
    return answers;
  };

  it('a number that an account gets, and gives back', async () => {
    const from = '+14158150007';
    const asks = on((at) => sendFrom(from, at));
    const got = await observe(asks, () => onA.post('IncomingPhoneNumbers.json', { PhoneNumber: from }));
    expect(expectChange(got, 21606, 201)[0]!.within).not.toContain(21606);
    const list = await onB.get(`IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(from)}`);
    const [number] = ((await list.json()) as { incoming_phone_numbers: IncomingPhoneNumberResource[] })
      .incoming_phone_numbers;
    const given = await observe(asks, () => onA.delete(`IncomingPhoneNumbers/${number!.sid}.json`));
    expect(expectChange(given, 201, 21606)[0]!.within).not.toContain(201);
  }, 20_000);

  it('an account that the operator suspends, and activates', async () => {
    const asks = on((at) => sendFrom('+14158141829', at));
    expectChange(await observe(asks, () => operate('accounts', 'suspend', account.sid)), 201, 20005);
    expectChange(await observe(asks, () => operate('accounts', 'activate', account.sid)), 20005, 201);
  }, 20_000);

  it('a number that the operator gives to an account', async () => {
    const asks = on((at) => sendFrom('+14158150008', at));
    const given = await observe(asks, () => operate('numbers', 'assign', '+14158150008', account.sid));
    expectChange(given, 21606, 201);
  }, 20_000);

  it('a caller ID that a trial account removes', async () => {
    const [trialOnA, trialOnB] = replicas.map(({ url }) => new AccountResources(url, trial)) as [
      AccountResources,
      AccountResources,
    ];
    const list = await trialOnA.get('OutgoingCallerIds.json?PhoneNumber=%2B15558675309');
    const [callerId] = ((await list.json()) as { outgoing_caller_ids: { sid: string }[] }).outgoing_caller_ids;
    const asks = [sendFrom('+14158141840', trialOnA), sendFrom('+14158141840', trialOnB)];
    const removed = await observe(asks, () => trialOnA.delete(`OutgoingCallerIds/${callerId!.sid}.json`));
    expect(expectChange(removed, 201, 21608)[0]!.within).not.toContain(201);
  }, 20_000);

  it('an account that the operator closes', async () => {
    const asks = on((at) => sendFrom('+14158141829', at));
    expectChange(await observe(asks, () => operate('accounts', 'close', account.sid)), 201, 20005);
  }, 20_000);
});
