import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { migrations } from '../migrations/migrations.js';
import { accountSid, aMessageSid } from '../testing/status-events.js';
import { InboundWebhooksRepository, type Progress } from './inbound-webhooks.repository.js';
import type { DocumentRecord } from './request-document.js';

/** Real: PostgreSQL. Nobody else claims. */
describe('claims of inbound webhooks', () => {
  let postgres: TestDatabase;
  let webhooks: InboundWebhooksRepository;

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'callbacks', migrations });
    webhooks = new InboundWebhooksRepository(postgres.database);
  }, 60_000);

  afterAll(() => postgres.stop(), 30_000);
  afterEach(() => postgres.truncate());

  const add = async (count: number, host: string): Promise<void> => {
    const url = `https://${host}/sms`;
    const request = { kind: 'message', url, method: 'POST' } as const;
    const given = { accountSid, from: '+15558675309', to: '+14158141829', parameters: [], fallback: null, request };
    await webhooks.add(Array.from({ length: count }, () => ({ ...given, messageSid: aMessageSid() })));
  };
  const claim = (given: { total?: number; perHost?: number; busy?: Map<string, number>; leaseMs?: number } = {}) =>
    webhooks.claimDue({ total: 100, perHost: 8, busy: new Map(), leaseMs: 60_000, ...given });
  const record: DocumentRecord = {
    kind: 'message',
    method: 'POST',
    url: 'https://a.example/sms',
    startedAt: new Date(),
    durationMs: 1,
    requestCount: 1,
    status: 200,
    failure: null,
  };
  const ended: Progress = { request: null, fallback: null, documentCount: 1, replyCount: 0 };
  const progress = (claimed: Awaited<ReturnType<typeof claim>>[number]) =>
    postgres.database.transaction((tx) => webhooks.progress(tx, claimed, ended, record, 60_000));

  it('give of each host no more than it has room for, and of all no more than asked', async () => {
    await add(20, 'a.example');
    await add(3, 'b.example');
    await add(20, 'c.example');
    const countsOf = (claimed: readonly { host: string }[]) =>
      ['a', 'b', 'c'].map((name) => claimed.filter(({ host }) => host === `${name}.example`).length);
    expect(countsOf(await claim({ busy: new Map([['c.example', 6]]) }))).toEqual([8, 3, 2]);
    expect(countsOf(await claim())).toEqual([8, 0, 8]);
    expect(await claim({ total: 5 })).toHaveLength(5);
  });

  it('that run at the same time share what is due', async () => {
    await add(8, 'a.example');
    const claimed = (await Promise.all(Array.from({ length: 8 }, () => claim({ total: 3 })))).flat();
    expect(claimed.length).toBeGreaterThan(0);
    expect(new Set(claimed.map(({ messageSid }) => messageSid)).size).toBe(claimed.length);
  });

  it('are given once more when the lease is over, and then the earlier one counts no more', async () => {
    await add(1, 'a.example');
    const [first] = await claim({ leaseMs: 0 });
    const [second] = await claim();
    expect(second!.messageSid).toBe(first!.messageSid);
    expect(await claim()).toEqual([]);
    expect(await webhooks.renew(first!, 1_000)).toBe(false);
    await webhooks.release(first!, null);
    expect([await progress(first!), await progress(second!)]).toEqual([false, true]);
    const rows = await postgres.database.query(`SELECT state, document_count FROM inbound_webhooks`);
    expect(rows).toEqual([{ state: 'pending', document_count: 1 }]);
    await webhooks.release(second!, null);
    expect(await webhooks.nextDueInMs()).toBeNull();
  });

  it('say when the next one is due', async () => {
    await add(1, 'a.example');
    const [claimed] = await claim();
    await webhooks.release(claimed!, 5_000);
    expect(await claim()).toEqual([]);
    const inMs = await webhooks.nextDueInMs();
    expect(inMs).toBeGreaterThan(3_000);
    expect(inMs).toBeLessThanOrEqual(5_000);
  });
});
