import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Endpoint,
  endpointPaused,
  endpointResumed,
  listCallbacks,
  listEndpoints,
  replayCallback,
  resumeEndpoint,
} from '@heliograph/contracts';
import { makeSid, type MessageSid } from '@heliograph/domain';
import { NatsRequests } from '@heliograph/jetstream';
import { eventually } from '@heliograph/testing';
import { endpointsCommands } from './endpoints-commands.js';
import { endpointSidOf } from './endpoint.js';
import { AUTH_TOKEN, CallbacksWorld } from '../testing/callbacks-world.js';
import { accountSid, aStatusEvent } from '../testing/status-events.js';
import { authTokens } from '../testing/test-api.js';
import { TestReceiver } from '../testing/test-receiver.js';

const otherAccount = makeSid('AC', new Uint8Array(16).fill(8));
const PAUSE_AFTER_MS = 1_000;
/** An endpoint that has failed for days is one that has failed for a second here. */
const SETTINGS = { CALLBACK_PAUSE_AFTER_MS: `${PAUSE_AFTER_MS}`, CALLBACK_PROBE_EVERY_MS: '1h' };
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Doubles as in `CallbacksWorld`. */
describe('an endpoint', () => {
  let world: CallbacksWorld;
  let receiver: TestReceiver;
  const elsewhere = new TestReceiver();
  let requests: NatsRequests;
  const events: { readonly subject: string; readonly data: { readonly cause?: string; readonly reason?: string } }[] =
    [];

  beforeAll(async () => {
    world = await CallbacksWorld.start(SETTINGS);
    authTokens.set(otherAccount, AUTH_TOKEN);
    receiver = world.receiver;
    await elsewhere.start();
    requests = new NatsRequests(world.nats.url, 'test');
    await world.subscribe('event.endpoint.>', (subject, payload) => {
      const { data } = (subject.includes('paused') ? endpointPaused : endpointResumed).decode(payload);
      events.push({ subject, data });
    });
  }, 60_000);
  afterAll(async () => {
    await requests.close();
    await world.stop();
    await elsewhere.stop();
  }, 60_000);
  afterEach(async () => {
    receiver.reset();
    elsewhere.reset();
    await world.postgres.database.query(`DELETE FROM deliveries`);
    await world.postgres.database.query(`DELETE FROM endpoints`);
    await world.restart(SETTINGS);
    events.length = 0;
  }, 20_000);

  const host = () => new URL(receiver.url()).host;
  const listed = async (account = accountSid): Promise<Endpoint[]> =>
    (await requests.ask(listEndpoints, { accountSid: account }, 2_000)).endpoints;
  const resume = (endpoint: Endpoint, account = accountSid) =>
    requests.ask(resumeEndpoint, { accountSid: account, endpointSid: endpoint.sid }, 2_000);
  const callbacksOf = async (messageSid: MessageSid) =>
    (await requests.ask(listCallbacks, { accountSid, messageSid }, 2_000)).callbacks;
  const tell = async (url = receiver.url(), account = accountSid): Promise<MessageSid> => {
    const event = aStatusEvent({ statusCallback: url }, account);
    await world.publish(event);
    return event.data.messageSid;
  };
  /** What waits for its next attempt waits no longer: after the first few they come too seldom for a test. */
  const hasten = () =>
    world.postgres.database.query(
      `UPDATE deliveries SET next_attempt_at = now() WHERE state = 'pending' AND NOT is_due AND attempt_count IN
         (SELECT max(number) FROM attempts WHERE attempts.message_sid = deliveries.message_sid)`,
    );
  /** Fails until the endpoint is paused. @returns the message that it was paused over */
  const pause = async (): Promise<{ endpoint: Endpoint; sid: MessageSid }> => {
    receiver.answer = () => 503;
    const sid = await tell();
    const endpoint = await eventually(async () => {
      await hasten();
      const [found] = await listed();
      expect(found?.state).toBe('paused');
      return found!;
    }, 10_000);
    await eventually(async () => {
      await hasten();
      expect(await world.statesOf(sid)).toEqual(['paused']);
    });
    return { endpoint, sid };
  };

  it('that fails is listed, and forgotten with the first success', async () => {
    receiver.answer = () => 503;
    await tell();
    await eventually(async () =>
      expect(await listed()).toMatchObject([
        {
          sid: endpointSidOf({ accountSid, host: host() }),
          host: host(),
          state: 'failing',
          lastError: 'an answer of 503',
        },
      ]),
    );
    expect(await listed(otherAccount)).toEqual([]);
    receiver.answer = () => 204;
    await eventually(async () => expect(await listed()).toEqual([]));
    expect(events).toEqual([]);
  });

  it('that has failed for too long is paused: an event says why, and what goes there waits and loses no attempt', async () => {
    const { endpoint, sid } = await pause();
    expect(endpoint.reason).toMatch(/^No attempt has succeeded since .*; the last: an answer of 503$/);
    await eventually(() => expect(events).toHaveLength(1));
    expect(events[0]).toMatchObject({
      subject: `event.endpoint.paused.v1.${accountSid}`,
      data: { endpointSid: endpoint.sid, host: host(), reason: endpoint.reason },
    });
    const requestCount = receiver.met.length;
    const attemptCount = (await callbacksOf(sid))[0]!.attemptCount;
    const later = [await tell(receiver.url('/another/path')), await tell()];
    for (const each of later)
      await eventually(async () =>
        expect(await callbacksOf(each)).toMatchObject([
          { state: 'paused', attemptCount: 0, reason: endpoint.reason, endpointSid: endpoint.sid, nextAttemptAt: null },
        ]),
      );
    await wait(1_500);
    expect(receiver.met).toHaveLength(requestCount);
    expect((await callbacksOf(sid))[0]).toMatchObject({ state: 'paused', attemptCount });
  }, 30_000);

  it('that is paused keeps no other host waiting, and no other account', async () => {
    await pause();
    receiver.answer = () => 204;
    await tell(elsewhere.url());
    await eventually(() => expect(elsewhere.met).toHaveLength(1));
    const sid = await tell(receiver.url(), otherAccount);
    await eventually(async () => expect(await world.statesOf(sid)).toEqual(['delivered']));
    expect((await listed())[0]!.state).toBe('paused');
  }, 30_000);

  it('that is resumed by its customer gets all that waited, in order per message', async () => {
    const { endpoint, sid } = await pause();
    await world.publish(
      aStatusEvent({ messageSid: sid, sequence: 2, status: 'delivered', statusCallback: receiver.url() }),
    );
    const others = await Promise.all(Array.from({ length: 40 }, () => tell()));
    for (const other of others) await eventually(async () => expect(await world.statesOf(other)).toEqual(['paused']));
    receiver.reset();
    expect(await resume(endpoint, otherAccount)).toEqual({ kind: 'unknown' });
    expect(await resume(endpoint)).toMatchObject({ kind: 'resumed', endpoint: { state: 'resuming', pausedAt: null } });
    await eventually(() => expect(receiver.met).toHaveLength(42), 10_000);
    expect(receiver.metAbout(sid).map(({ status }) => status)).toEqual(['sent', 'delivered']);
    await eventually(async () => expect(await listed()).toEqual([]));
    await eventually(() =>
      expect(events.at(-1)).toMatchObject({
        subject: `event.endpoint.resumed.v1.${accountSid}`,
        data: { endpointSid: endpoint.sid, cause: 'request' },
      }),
    );
  }, 30_000);

  it('that is resumed and still fails is not paused at once', async () => {
    const { endpoint } = await pause();
    await resume(endpoint);
    await eventually(async () => expect((await listed())[0]).toMatchObject({ state: 'failing' }));
    expect(await resume(endpoint)).toMatchObject({ kind: 'not-paused' });
  }, 30_000);

  it('is tried now and then with one callback, which counts as no attempt, and resumed by the first success', async () => {
    const { endpoint, sid } = await pause();
    await Promise.all(Array.from({ length: 5 }, () => tell()));
    await eventually(async () => {
      const states = await world.postgres.database.query(`SELECT 1 FROM deliveries WHERE state = 'paused'`);
      expect(states).toHaveLength(6);
    });
    const uncounted = async () => {
      const [row] = await world.postgres.database.query<{ counted: number; all: number }>(
        `SELECT attempt_count - uncounted_attempts AS counted, attempt_count AS all FROM deliveries WHERE message_sid = $1`,
        [sid],
      );
      return row!;
    };
    const before = await uncounted();
    receiver.reset();
    receiver.answer = () => 503;
    const probe = () =>
      world.postgres.database.query(`UPDATE endpoints SET next_probe_at = now() WHERE paused_at IS NOT NULL`);
    await probe();
    await eventually(() => expect(receiver.met).toHaveLength(1));
    await wait(500);
    expect(receiver.met.map(({ messageSid }) => messageSid)).toEqual([sid]);
    expect(await uncounted()).toEqual({ counted: before.counted, all: before.all + 1 });
    expect((await callbacksOf(sid))[0]!.attempts.at(-1)).toMatchObject({ kind: 'probe', status: 503 });
    expect((await listed())[0]!.state).toBe('paused');
    receiver.answer = () => 204;
    await probe();
    await eventually(() => expect(new Set(receiver.met.map(({ messageSid }) => messageSid)).size).toBe(6), 10_000);
    await eventually(() =>
      expect(events.at(-1)).toMatchObject({ data: { endpointSid: endpoint.sid, cause: 'success' } }),
    );
  }, 30_000);

  it('is resumed by a callback that its customer replays', async () => {
    const { sid } = await pause();
    const [callback] = await callbacksOf(sid);
    receiver.answer = () => 204;
    await requests.ask(replayCallback, { accountSid, callbackSid: callback!.sid }, 2_000);
    await eventually(async () => expect(await world.statesOf(sid)).toEqual(['delivered']));
    await eventually(async () => expect(await listed()).toEqual([]));
  }, 30_000);

  it.each([
    ['410', (): number => 410],
    ['another success', (): number => 204],
  ])('is not paused by %s', async (_, answer) => {
    receiver.answer = answer;
    for (let count = 0; count < 4; count++) {
      await tell();
      await wait(PAUSE_AFTER_MS / 3);
    }
    expect(await listed()).toEqual([]);
  });

  it('is listed and resumed by the operator', async () => {
    const run = (verb: string, ...args: string[]) =>
      endpointsCommands((work) => work(world.postgres.database))
        .find(({ usage }) => usage.startsWith(`endpoints ${verb}`))!
        .run(args);
    expect(await run('list')).toBe('No endpoint fails.');
    const { endpoint, sid } = await pause();
    const [, line] = (await run('list')).split('\n');
    for (const word of [accountSid, endpoint.sid, 'paused', host(), 'an answer of 503']) expect(line).toContain(word);
    await expect(run('resume', accountSid)).rejects.toThrow('Name one endpoint');
    await expect(run('resume', otherAccount, endpoint.sid)).rejects.toThrow('no endpoint');
    receiver.answer = () => 204;
    expect(await run('resume', accountSid, endpoint.sid)).toContain('go out again');
    await eventually(async () => expect(await world.statesOf(sid)).toEqual(['delivered']));
    // What another process left in the outbox is found by the sweep, or at the next start.
    await world.restart(SETTINGS);
    await eventually(() => expect(events.at(-1)).toMatchObject({ data: { cause: 'request' } }), 10_000);
  }, 40_000);
});
