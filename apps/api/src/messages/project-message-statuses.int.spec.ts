import {
  type AnnouncedStatus,
  announcedStatus,
  messageStatusChanged,
  type MessageStatusData,
  messageStatusStream,
} from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import { JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { MessageResource } from '@heliograph/twilio';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { ApiCustomer, bootApi, seedAccounts } from '../testing/booted-api.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { databaseSchema } from '../database-schema.js';
import { MessagesRepository } from './messages.repository.js';

/** Real: PostgreSQL, NATS, HTTP. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let account: DemoAccount;
let customer: ApiCustomer;
let publisher: JetStreamPublisher;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  account = (await seedAccounts(postgres.database)).full;
  api = await bootApi({ database: postgres.url, nats: nats.url });
  customer = new ApiCustomer(api.url, account);
  publisher = new JetStreamPublisher(api.app.get(JetStreamConnection), [messageStatusStream]);
}, 60_000);

afterAll(async () => {
  await api?.stop();
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

const SENT_AT = '2026-03-02T09:15:01.250Z';

function statusEvent(
  messageSid: string,
  status: AnnouncedStatus,
  changes: Partial<MessageStatusData> = {},
  accountSid: AccountSid = account.sid,
) {
  return messageStatusChanged.compose(
    { id: randomUUID(), occurredAt: SENT_AT, accountSid, correlationId: 'RQ1', causationId: null },
    {
      messageSid: messageSid as MessageSid,
      status,
      sequence: status === 'sent' || status === 'failed' ? 1 : 2,
      to: '+15558675309',
      from: '+14158141829',
      numSegments: 2,
      priceMicros: 15_000,
      priceUnit: 'USD',
      errorCode: null,
      sentAt: SENT_AT,
      statusCallback: null,
      statusCallbackOn: [...announcedStatus.options],
      rateDeckVersion: 1,
      ...changes,
    },
  );
}

async function createMessage(): Promise<string> {
  const response = await customer.post({ From: '+14158141829', To: '+15558675309', Body: 'x' });
  return ((await response.json()) as MessageResource).sid;
}

const show = async (sid: string) => (await (await customer.get(`/${sid}.json`)).json()) as MessageResource;

/** Publishes events, and waits until everything published before its end has been handled. */
async function publishAndSettle(...events: ReturnType<typeof statusEvent>[]): Promise<void> {
  const last = await createMessage();
  await publisher.publish([...events, statusEvent(last, 'sent')]);
  await eventually(async () => expect((await show(last)).status).toBe('sent'));
}

describe('projection of announced statuses', () => {
  it('shows status, price, segments and dates', async () => {
    const sid = await createMessage();
    await publishAndSettle(statusEvent(sid, 'sent'));
    expect(await show(sid)).toMatchObject({
      status: 'sent',
      num_segments: '2',
      price: '-0.01500',
      price_unit: 'USD',
      error_code: null,
      date_sent: 'Mon, 02 Mar 2026 09:15:01 +0000',
    });
    await publishAndSettle(statusEvent(sid, 'undelivered', { errorCode: 30003 }));
    expect(await show(sid)).toMatchObject({
      status: 'undelivered',
      error_code: 30003,
      error_message: 'Unreachable destination handset',
      date_sent: 'Mon, 02 Mar 2026 09:15:01 +0000',
    });
  });

  it('never goes back, in one batch or over several', async () => {
    const [together, apart] = [await createMessage(), await createMessage()];
    await publishAndSettle(statusEvent(together, 'delivered'), statusEvent(together, 'sent'));
    await publishAndSettle(statusEvent(apart, 'delivered'));
    await publishAndSettle(statusEvent(apart, 'sent'));
    expect([(await show(together)).status, (await show(apart)).status]).toEqual(['delivered', 'delivered']);
  });

  it('changes nothing the second time', async () => {
    const sid = await createMessage();
    await publishAndSettle(statusEvent(sid, 'sent'));
    const [before] = await postgres.database.query('SELECT *, xmin::text FROM messages WHERE sid = $1', [sid]);
    await publishAndSettle(statusEvent(sid, 'sent', { priceMicros: 99 }));
    expect(await postgres.database.query('SELECT *, xmin::text FROM messages WHERE sid = $1', [sid])).toEqual([before]);
  });

  it('ignores messages that are unknown, or of another account', async () => {
    const sid = await createMessage();
    await publishAndSettle(
      statusEvent(`SM${'0'.repeat(32)}`, 'sent'),
      statusEvent(sid, 'sent', {}, `AC${'0'.repeat(32)}` as AccountSid),
    );
    expect((await show(sid)).status).toBe('queued');
  });

  it('shows a failure that was never priced nor sent', async () => {
    const sid = await createMessage();
    await publishAndSettle(statusEvent(sid, 'failed', { errorCode: 30008, priceMicros: null, sentAt: null }));
    expect(await show(sid)).toMatchObject({ status: 'failed', price: null, date_sent: null, error_code: 30008 });
  });

  it('does not let two replicas wait for one another, in whatever order they were told', async () => {
    const messages = api.app.get(MessagesRepository, { strict: false });
    const rows = await postgres.database.query<{ sid: string }>(
      `INSERT INTO messages (sid, account_sid, num_segments, num_media, direction, status, price_unit, from_address, to_address, body)
       SELECT 'SM' || md5(n::text), $1, 1, 0, 'outbound-api', 'queued', 'USD', '', '', '' FROM generate_series(1, 300) AS n
       RETURNING sid`,
      [account.sid],
    );
    const statuses = (sequence: number) =>
      rows.map(({ sid }) => ({ ...announced, messageSid: sid, accountSid: account.sid, sequence }));
    for (let sequence = 1; sequence < 20; sequence += 2) {
      await Promise.all([messages.advance(statuses(sequence)), messages.advance(statuses(sequence + 1).reverse())]);
    }
    expect(await postgres.database.query(`SELECT FROM messages WHERE status_sequence = 20`)).toHaveLength(300);
  });
});

const announced = {
  status: 'sent',
  numSegments: 1,
  priceMicros: null,
  priceUnit: 'USD',
  errorCode: null,
  sentAt: null,
} as const;
