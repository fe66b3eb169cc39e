import { inboundReceived, inboundReceivedStream } from '@heliograph/contracts';
import { JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import type { RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { CallerIdResource, PageEnvelope, ValidationResource } from '@heliograph/twilio';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { databaseSchema } from '../database-schema.js';
import type { DemoAccount } from '../demo/seed-demo-accounts.js';
import { AccountResources, bootApi, seedAccounts } from '../testing/booted-api.js';

type CallerIdList = PageEnvelope & { readonly outgoing_caller_ids: readonly CallerIdResource[] };

const PHONE = '+15558675310';
const TRIAL_NUMBER = '+14158141840';

/** Real: PostgreSQL, NATS, HTTP; two replicas. Double: the channel, whose events are published here. */
let postgres: TestDatabase;
let nats: TestNats;
let api: RunningService;
let replica: RunningService;
let trial: DemoAccount;
let mine: AccountResources;
let mineElsewhere: AccountResources;
let theirs: AccountResources;
let publisher: JetStreamPublisher;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([startTestDatabase(databaseSchema), startTestNats()]);
  const accounts = await seedAccounts(postgres.database);
  trial = accounts.trial;
  const surroundings = { database: postgres.url, nats: nats.url };
  [api, replica] = await Promise.all([bootApi(surroundings), bootApi(surroundings)]);
  mine = new AccountResources(api.url, trial);
  mineElsewhere = new AccountResources(replica.url, trial);
  theirs = new AccountResources(api.url, accounts.full);
  publisher = new JetStreamPublisher(api.app.get(JetStreamConnection), [inboundReceivedStream]);
}, 60_000);

afterAll(async () => {
  await Promise.all([api?.stop(), replica?.stop()]);
  await Promise.all([postgres?.stop(), nats?.stop()]);
}, 30_000);

beforeEach(async () => {
  await postgres.database.query('DELETE FROM caller_id_verifications');
  await postgres.database.query('DELETE FROM verified_numbers');
});

function anInbound(body: string, from = PHONE) {
  const id = randomUUID();
  const receivedAt = new Date().toISOString();
  return inboundReceived.compose(
    inboundReceived.subject('simulator'),
    { id, occurredAt: receivedAt, accountSid: null, correlationId: id, causationId: null },
    {
      inboundId: id,
      channel: 'simulator',
      from,
      to: '+14158141829',
      body,
      receivedAt,
      media: [],
      numSegments: null,
      encoding: null,
      part: null,
    },
  );
}
/** Tells the api of messages, and waits until it has read them. */
async function send(...inbounds: ReturnType<typeof anInbound>[]): Promise<void> {
  expect(await publisher.publish(inbounds)).not.toContain(null);
  const { stream, durable } = { stream: 'INBOUND_RECEIVED', durable: 'api' };
  await eventually(async () => {
    const info = await api.app.get(JetStreamConnection).streams.consumers.info(stream, durable);
    expect([info.num_pending, info.num_ack_pending]).toEqual([0, 0]);
  });
}
async function ask(account = mine, fields: Record<string, string> = {}): Promise<ValidationResource> {
  const response = await account.post('OutgoingCallerIds.json', { PhoneNumber: PHONE, ...fields });
  expect(response.status).toBe(200);
  return (await response.json()) as ValidationResource;
}
const list = async (account = mine, query = ''): Promise<CallerIdList> =>
  (await (await account.get(`OutgoingCallerIds.json${query}`)).json()) as CallerIdList;
const numbersOf = async (account = mine) =>
  (await list(account)).outgoing_caller_ids.map(({ phone_number }) => phone_number);
const verify = async (account = mine, fields: Record<string, string> = {}): Promise<CallerIdResource> => {
  const { validation_code, phone_number } = await ask(account, fields);
  await send(anInbound(validation_code, phone_number));
  return (await list(account)).outgoing_caller_ids[0] as CallerIdResource;
};
const pathOf = ({ sid }: { sid: string }) => `OutgoingCallerIds/${sid}.json`;
const WRONG = '000000';

describe('verification', () => {
  it('answers 200 with a code; the number is a caller ID once its phone has sent the code', async () => {
    const validation = await ask(mine, { CallDelay: '10', StatusCallback: 'https://example.com/verified' });
    expect(validation).toEqual({
      account_sid: trial.sid,
      phone_number: PHONE,
      friendly_name: '(555) 867-5310',
      validation_code: expect.stringMatching(/^[1-9][0-9]{5}$/),
      call_sid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
    });
    expect(await numbersOf()).toEqual([]);
    await send(anInbound(` ${validation.validation_code}\n`));
    const [callerId] = (await list()).outgoing_caller_ids;
    expect(callerId).toEqual({
      sid: expect.stringMatching(/^PN[0-9a-f]{32}$/),
      account_sid: trial.sid,
      friendly_name: '(555) 867-5310',
      phone_number: PHONE,
      date_created: expect.stringMatching(/ \+0000$/),
      date_updated: expect.stringMatching(/ \+0000$/),
      uri: `/2010-04-01/Accounts/${trial.sid}/OutgoingCallerIds/${callerId?.sid}.json`,
    });
  });

  it('lets a trial account send to the number', async () => {
    const message = { From: TRIAL_NUMBER, To: PHONE, Body: 'x' };
    expect(await (await mine.post('Messages.json', message)).json()).toMatchObject({ code: 21608 });
    await verify();
    expect((await mine.post('Messages.json', message)).status).toBe(201);
  });

  it('takes no code from another phone, nor another code, nor a code among other words', async () => {
    const { validation_code } = await ask();
    await send(
      anInbound(validation_code, '+15558675311'),
      anInbound(WRONG),
      anInbound(`The code is ${validation_code}`),
    );
    expect(await numbersOf()).toEqual([]);
    await send(anInbound(validation_code));
    expect(await numbersOf()).toEqual([PHONE]);
  });

  it('ends with the fifth wrong attempt, until another code is asked for', async () => {
    const { validation_code } = await ask();
    await send(...Array.from({ length: 5 }, () => anInbound(WRONG)));
    await send(anInbound(validation_code));
    expect(await numbersOf()).toEqual([]);
    await verify();
    expect(await numbersOf()).toEqual([PHONE]);
  });

  it('counts a wrong attempt once, however often it is told of', async () => {
    const { validation_code } = await ask();
    const wrong = anInbound(WRONG);
    for (let round = 0; round < 3; round++) {
      // JetStream itself would drop the second within its window; a stream that was lost would not.
      await send(...['a', 'b'].map((each) => ({ ...wrong, id: `${wrong.id}-${round}-${each}` })));
    }
    await send(anInbound(validation_code));
    expect(await numbersOf()).toEqual([PHONE]);
  });

  it('ends after ten minutes', async () => {
    const { validation_code } = await ask();
    const [row] = await postgres.database.query<{ seconds: number }>(
      `UPDATE caller_id_verifications SET expires_at = expires_at - interval '10 minutes'
       RETURNING extract(epoch FROM expires_at - now())::float AS seconds`,
    );
    expect(row?.seconds).toBeLessThanOrEqual(0);
    expect(row?.seconds).toBeGreaterThan(-10);
    await send(anInbound(validation_code));
    expect(await numbersOf()).toEqual([]);
  });

  it('replaces the code when it is asked for again', async () => {
    const first = await ask();
    const second = await ask();
    if (first.validation_code !== second.validation_code) await send(anInbound(first.validation_code));
    expect(await numbersOf()).toEqual([]);
    await send(anInbound(second.validation_code));
    expect(await numbersOf()).toEqual([PHONE]);
  });

  it('lets several accounts verify one phone, each by its own code', async () => {
    const [my, their] = [await ask(mine), await ask(theirs)];
    expect(my.validation_code).not.toBe(their.validation_code);
    await send(...Array.from({ length: 6 }, () => anInbound(their.validation_code)));
    expect([await numbersOf(mine), await numbersOf(theirs)]).toEqual([[], [PHONE]]);
  });

  it('is refused for a number that is verified', async () => {
    await verify();
    const response = await mine.post('OutgoingCallerIds.json', { PhoneNumber: PHONE });
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ code: 21450 })]);
    expect((await theirs.post('OutgoingCallerIds.json', { PhoneNumber: PHONE })).status).toBe(200);
  });

  it.each<[Record<string, string>, number]>([
    [{}, 21401],
    [{ PhoneNumber: '5558675310' }, 21401],
    [{ PhoneNumber: PHONE, FriendlyName: 'x'.repeat(65) }, 20002],
    [{ PhoneNumber: PHONE, CallDelay: '61' }, 21454],
    [{ PhoneNumber: PHONE, StatusCallback: 'nowhere' }, 21456],
    [{ PhoneNumber: PHONE, StatusCallbackMethod: 'PUT' }, 21403],
  ])('is refused with %j', async (fields, code) => {
    const response = await mine.post('OutgoingCallerIds.json', fields);
    expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ code, status: 400 })]);
    expect(await postgres.database.query('SELECT FROM caller_id_verifications')).toEqual([]);
  });
});

describe('OutgoingCallerIds', () => {
  it('are shown, renamed and deleted, by their own account', async () => {
    const callerId = await verify(mine, { FriendlyName: 'Jenny' });
    expect(callerId.friendly_name).toBe('Jenny');
    expect(await (await mine.get(pathOf(callerId))).json()).toEqual(callerId);
    for (const answer of [
      theirs.get(pathOf(callerId)),
      theirs.post(pathOf(callerId), {}),
      theirs.delete(pathOf(callerId)),
    ])
      expect((await answer).status).toBe(404);

    const renaming = await mine.post(pathOf(callerId), { FriendlyName: 'Jenny at home' });
    expect(renaming.status).toBe(200);
    expect(await renaming.json()).toMatchObject({ sid: callerId.sid, friendly_name: 'Jenny at home' });
    expect((await mine.post(pathOf(callerId), { FriendlyName: 'x'.repeat(65) })).status).toBe(400);
    expect(await (await mine.get(pathOf(callerId))).json()).toMatchObject({ friendly_name: 'Jenny at home' });

    const deletion = await mine.delete(pathOf(callerId));
    expect([deletion.status, await deletion.text()]).toEqual([204, '']);
    for (const answer of [mine.get(pathOf(callerId)), mine.post(pathOf(callerId), {}), mine.delete(pathOf(callerId))])
      expect((await answer).status).toBe(404);
    expect((await mine.get('OutgoingCallerIds/PN1.json')).status).toBe(404);
  });

  it('are listed newest first, page by page, by number and by name', async () => {
    const made: string[] = [];
    for (const last of [1, 2, 3]) {
      const PhoneNumber = `+1555867540${last}`;
      made.unshift((await verify(mine, { PhoneNumber, FriendlyName: last === 2 ? 'Second' : 'Other' })).sid);
    }
    const sidsOf = (page: CallerIdList) => page.outgoing_caller_ids.map(({ sid }) => sid);
    const first = await list(mine, '?PageSize=2');
    expect(sidsOf(first)).toEqual(made.slice(0, 2));
    const last = (await (await mine.getUri(first.next_page_uri as string)).json()) as CallerIdList;
    expect([sidsOf(last), last.next_page_uri]).toEqual([made.slice(2), null]);
    expect(sidsOf(await list(mine, '?PhoneNumber=%2B15558675403'))).toEqual([made[0]]);
    expect(sidsOf(await list(mine, '?FriendlyName=Second'))).toEqual([made[1]]);
    expect(sidsOf(await list(theirs))).toEqual([]);
  });

  it('count no more once they are deleted, on every replica', async () => {
    const message = { From: TRIAL_NUMBER, To: PHONE, Body: 'x' };
    const callerId = await verify();
    for (const customer of [mine, mineElsewhere])
      expect((await customer.post('Messages.json', message)).status).toBe(201);
    expect((await mine.delete(pathOf(callerId))).status).toBe(204);
    for (const customer of [mine, mineElsewhere]) {
      const refusal = await customer.post('Messages.json', message);
      expect([refusal.status, await refusal.json()]).toEqual([400, expect.objectContaining({ code: 21608 })]);
    }
  });
});
