import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Callback, listCallbacks, readCallback, replayCallback, replayCallbacks } from '@heliograph/contracts';
import { type CallbackSid, makeSid, type MessageSid } from '@heliograph/domain';
import { NatsRequests } from '@heliograph/jetstream';
import { eventually } from '@heliograph/testing';
import { AUTH_TOKEN, CallbacksWorld } from '../testing/callbacks-world.js';
import { accountSid, aMessageSid, aStatusEvent } from '../testing/status-events.js';
import { authTokens } from '../testing/test-api.js';
import type { TestReceiver } from '../testing/test-receiver.js';
import { FORGET } from './callback-log.repository.js';

const otherAccount = makeSid('AC', new Uint8Array(16).fill(8));
const LATER_MS = 400;
const later = () => new Promise((resolve) => setTimeout(resolve, LATER_MS));

/** What `api` asks for customers. Doubles as in `CallbacksWorld`. */
describe('the log of callbacks', () => {
  let world: CallbacksWorld;
  let receiver: TestReceiver;
  let requests: NatsRequests;

  beforeAll(async () => {
    world = await CallbacksWorld.start();
    authTokens.set(otherAccount, AUTH_TOKEN);
    receiver = world.receiver;
    requests = new NatsRequests(world.nats.url, 'test');
  }, 60_000);
  afterAll(async () => {
    await requests.close();
    await world.stop();
  }, 60_000);
  afterEach(async () => {
    receiver.reset();
    await world.postgres.database.query(`DELETE FROM deliveries`);
    await world.postgres.database.query(`DELETE FROM attempts`);
  });

  const listed = async (messageSid: MessageSid, account = accountSid): Promise<Callback[]> =>
    (await requests.ask(listCallbacks, { accountSid: account, messageSid }, 2_000)).callbacks;
  const replay = (callbackSid: CallbackSid, account = accountSid) =>
    requests.ask(replayCallback, { accountSid: account, callbackSid }, 2_000);
  const tell = async (...statuses: ('sent' | 'delivered')[]): Promise<MessageSid> => {
    const messageSid = aMessageSid();
    const statusCallback = receiver.url().replace('http://', 'http://jenny:secret@');
    for (const [index, status] of statuses.entries())
      await world.publish(aStatusEvent({ messageSid, sequence: index + 1, status, statusCallback }));
    return messageSid;
  };
  const inState = async (messageSid: MessageSid, ...states: string[]): Promise<Callback[]> =>
    await eventually(async () => {
      const callbacks = await listed(messageSid);
      expect(callbacks.map(({ state }) => state)).toEqual(states);
      return callbacks;
    });

  it('has each status with its attempts, in order, and no credentials', async () => {
    let failures = 1;
    receiver.answer = () => (failures-- > 0 ? { status: 500, body: 'oh no' } : { status: 200, body: 'thanks' });
    const sid = await tell('sent', 'delivered');
    const [sent, delivered] = await inState(sid, 'delivered', 'delivered');
    expect(sent).toMatchObject({
      messageSid: sid,
      messageStatus: 'sent',
      sequence: 1,
      url: receiver.url(),
      attemptCount: 2,
      reason: null,
      nextAttemptAt: null,
      attempts: [
        { number: 1, kind: 'scheduled', status: 500, errorCode: 11_200, answer: 'oh no', url: receiver.url() },
        { number: 2, kind: 'scheduled', status: 200, errorCode: null, answer: 'thanks' },
      ],
    });
    expect(delivered).toMatchObject({ messageStatus: 'delivered', sequence: 2, attemptCount: 1 });
    expect(sent!.sid).toBe(receiver.met[0]!.headers['webhook-id']);
    expect(Date.parse(sent!.settledAt!)).toBeLessThanOrEqual(Date.parse(delivered!.attempts[0]!.startedAt));
    expect(await requests.ask(readCallback, { accountSid, callbackSid: sent!.sid }, 2_000)).toEqual({
      kind: 'found',
      callback: sent,
    });
  });

  it("is empty for another account's, which can replay nothing of it either", async () => {
    const sid = await tell('sent');
    const [callback] = await inState(sid, 'delivered');
    expect(await listed(sid, otherAccount)).toEqual([]);
    const asked = { accountSid: otherAccount, callbackSid: callback!.sid };
    expect(await requests.ask(readCallback, asked, 2_000)).toEqual({ kind: 'unknown' });
    expect(await replay(callback!.sid, otherAccount)).toEqual({ kind: 'unknown' });
    expect(await replay(makeSid('HC', new Uint8Array(16)))).toEqual({ kind: 'unknown' });
    await later();
    expect(receiver.met).toHaveLength(1);
  });

  describe('replays', () => {
    it('what was delivered with one more request: the same token, marked, and not what follows it', async () => {
      const sid = await tell('sent', 'delivered');
      const [sent] = await inState(sid, 'delivered', 'delivered');
      expect(await replay(sent!.sid)).toMatchObject({ kind: 'replaying', callback: { state: 'replaying' } });
      await eventually(() => expect(receiver.met).toHaveLength(3));
      const [first, second, third] = receiver.met;
      expect(third!.body).toBe(first!.body);
      expect(third!.headers).toMatchObject({
        'x-heliograph-replay': 'true',
        'x-heliograph-sequence': '1',
        'i-twilio-idempotency-token': first!.headers['i-twilio-idempotency-token'],
        'webhook-id': sent!.sid,
      });
      expect(second!.headers['x-heliograph-replay']).toBeUndefined();
      const [replayed] = await inState(sid, 'delivered', 'delivered');
      expect(replayed!.attempts.map(({ number, kind }) => [number, kind])).toEqual([
        [1, 'scheduled'],
        [2, 'replay'],
      ]);
      await later();
      expect(receiver.met).toHaveLength(3);
    });

    it('what was given up, once: it is delivered, or stays what it is', async () => {
      receiver.answer = () => 410;
      const sid = await tell('sent');
      const [callback] = await inState(sid, 'given-up');
      receiver.answer = () => 500;
      await replay(callback!.sid);
      await eventually(async () => expect((await listed(sid))[0]!.attempts).toHaveLength(2));
      const [failed] = await inState(sid, 'given-up');
      expect(failed!.reason).toBe('it was replayed, and that failed as well');
      await later();
      expect(receiver.met).toHaveLength(2);
      receiver.answer = () => 204;
      await replay(callback!.sid);
      expect((await inState(sid, 'delivered'))[0]!.reason).toBeNull();
    });

    it('what was delivered stays delivered where the replay fails', async () => {
      const sid = await tell('sent');
      const [callback] = await inState(sid, 'delivered');
      receiver.answer = () => 500;
      await replay(callback!.sid);
      await eventually(async () => expect((await listed(sid))[0]!.attempts).toHaveLength(2));
      await inState(sid, 'delivered');
    });

    it('what waits for its next attempt now, and what is held never before its turn', async () => {
      receiver.answer = () => ({ status: 503, headers: { 'retry-after': '3600' } });
      const sid = await tell('sent', 'delivered');
      await eventually(async () => expect((await listed(sid))[0]?.attempts).toHaveLength(1));
      const [sent, delivered] = await inState(sid, 'pending', 'held');
      expect(Date.parse(sent!.nextAttemptAt!) - Date.now()).toBeGreaterThan(3_000_000);
      expect(await replay(delivered!.sid)).toEqual({ kind: 'held' });
      receiver.answer = () => 204;
      expect(await replay(sent!.sid)).toMatchObject({ kind: 'replaying', callback: { state: 'pending' } });
      await inState(sid, 'delivered', 'delivered');
      expect(receiver.met.map(({ status }) => status)).toEqual(['sent', 'sent', 'delivered']);
    });

    it('what is in an attempt not a second time', async () => {
      let release = () => undefined as void;
      receiver.answer = () => new Promise((resolve) => (release = () => resolve(204)));
      const sid = await tell('sent');
      await eventually(() => expect(receiver.met).toHaveLength(1));
      const [callback] = await listed(sid);
      expect(await replay(callback!.sid)).toMatchObject({ kind: 'replaying', callback: { attemptCount: 1 } });
      await later();
      expect(receiver.met).toHaveLength(1);
      release();
      await inState(sid, 'delivered');
    });

    it('what a stretch of time gave up, each message in its order, and nothing else', async () => {
      const outage = async (count: number) => {
        receiver.answer = () => 410;
        const sids = await Promise.all(Array.from({ length: count }, () => tell('sent', 'delivered')));
        for (const sid of sids) await inState(sid, 'given-up', 'given-up');
        return sids;
      };
      const before = await outage(1);
      const from = new Date().toISOString();
      const lost = await outage(5);
      const to = new Date().toISOString();
      receiver.answer = () => 204;
      const kept = await tell('sent');
      await inState(kept, 'delivered');
      receiver.reset();
      receiver.answer = async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return 204;
      };
      const asked = { accountSid, from, to, state: 'given-up' } as const;
      expect(await requests.ask(replayCallbacks, { ...asked, accountSid: otherAccount }, 2_000)).toEqual({
        count: 0,
        hasMore: false,
      });
      expect(await requests.ask(replayCallbacks, asked, 2_000)).toEqual({ count: 10, hasMore: false });
      for (const sid of lost) {
        await inState(sid, 'delivered', 'delivered');
        const [first, second] = receiver.metAbout(sid);
        expect([first!.status, second!.status]).toEqual(['sent', 'delivered']);
        // The second was held until the first was answered.
        expect(second!.atMs - first!.atMs).toBeGreaterThan(28);
      }
      expect(receiver.met).toHaveLength(10);
      await inState(before[0]!, 'given-up', 'given-up');
      expect(await requests.ask(replayCallbacks, asked, 2_000)).toEqual({ count: 0, hasMore: false });
    }, 20_000);
  });

  it('forgets what was settled long ago, with its attempts, and nothing that is still to be told', async () => {
    const old = await tell('sent', 'delivered');
    await inState(old, 'delivered', 'delivered');
    receiver.answer = () => 500;
    const waiting = await tell('sent');
    await eventually(async () => expect((await listed(waiting))[0]?.attempts.length).toBeGreaterThan(0));
    await world.postgres.database.query(
      `UPDATE deliveries SET created_at = now() - interval '40 days',
              settled_at = CASE WHEN settled_at IS NOT NULL THEN now() - interval '31 days' END`,
    );
    receiver.answer = () => 204;
    const recent = await tell('sent');
    await inState(recent, 'delivered');
    await world.restart({});
    await eventually(async () => expect(await listed(old)).toEqual([]));
    expect(await world.attemptsOf(old)).toEqual([]);
    await inState(recent, 'delivered');
    await inState(waiting, 'delivered');
  }, 20_000);

  it('finds what is to be forgotten by its index, however much is kept', async () => {
    const { database } = world.postgres;
    await database.query(`
      INSERT INTO deliveries (message_sid, sequence, account_sid, status, url, host, parameters, state, settled_at)
      SELECT 'SM' || n, 1, 'AC', 'sent', '', '', '[]', 'delivered', now() - n * interval '1 second'
        FROM generate_series(1, 50000) n`);
    await database.query(`ANALYZE deliveries`);
    const rows = await database.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN ${FORGET.replace('$1', '36000000').replace('$2', '500')}`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('deliveries_settled');
  }, 20_000);

  it('does not let a late status wait for one that was forgotten', async () => {
    const sid = aMessageSid();
    const status = { messageSid: sid, sequence: 2, status: 'delivered', statusCallback: receiver.url() } as const;
    await world.publish(aStatusEvent(status));
    await inState(sid, 'held');
    await world.postgres.database.query(`UPDATE deliveries SET created_at = now() - interval '5 days'`);
    await inState(sid, 'delivered');
  }, 20_000);
});
