import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredMedia } from '@heliograph/contracts';
import { eventually } from '@heliograph/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChannelsWorld, ONLY_A } from '../testing/channels-world.js';
import { taken } from '../testing/dispatcher-world.js';

const UNPACED = { from: '70707', senderType: 'short-code' } as const;
const media = [
  { sid: `ME${'0'.repeat(32)}`, contentType: 'image/png', byteSize: 1, url: 'http://media/1' } as StoredMedia,
];
const AN_HOUR = 3_600_000;

/** What is real and what is a double: see DispatcherWorld. */
describe('a message that may go by several channels', () => {
  let several: ChannelsWorld;

  beforeAll(async () => {
    several = await ChannelsWorld.start(2);
  }, 60_000);
  afterAll(async () => {
    await several.stop();
  }, 60_000);
  beforeEach(() => several.reset(), 30_000);

  const metBy = async (count: number) => {
    await eventually(() => expect(several.met()).toHaveLength(count), 20_000);
    return several.met().map(({ channel, body, attempt }) => `${channel} ${body} ${attempt}`);
  };

  it('goes by the first, by the next while that is silent, and by the first when it is back', async () => {
    await several.send({ ...UNPACED, body: 'before' });
    expect(await metBy(1)).toEqual(['smpp-a before 1']);
    several.channels['smpp-a'].fallSilent();
    await several.heard('smpp-a', { isUp: false });
    await several.send({ ...UNPACED, body: 'meanwhile' });
    expect((await metBy(2)).at(-1)).toBe('smpp-b meanwhile 1');
    several.channels['smpp-a'].fallSilent(false);
    await several.heard('smpp-a', { isUp: true });
    await several.send({ ...UNPACED, body: 'after' });
    expect((await metBy(3)).at(-1)).toBe('smpp-a after 1');
  }, 30_000);

  it('goes by one that takes its kind', async () => {
    several.channels['smpp-a'].become({ kinds: ['sms'] });
    await several.heard('smpp-a', { kinds: ['sms'] });
    const picture = { ...UNPACED, media, shortLink: 'https://m.example.com/aB3dE6g' };
    await several.send({ ...picture, body: 'picture' }, { ...picture, ...ONLY_A, body: 'waits' });
    expect(await metBy(1)).toEqual(['smpp-b picture 1']);
    await several.send({ ...UNPACED, from: '80808', body: 'text' });
    expect((await metBy(2)).at(-1)).toBe('smpp-a text 1');
    several.channels['smpp-a'].become({ kinds: ['sms', 'mms'] });
    expect((await metBy(3)).at(-1)).toBe('smpp-a waits 1');
  }, 30_000);

  it('goes at once by the next where one refuses for now, before those behind it, and as slowly as ever', async () => {
    several.answer = (channel) => [channel === 'smpp-a' ? { kind: 'throttled', retryAfterMs: AN_HOUR } : taken()];
    await several.send(...['1', '2', '3'].map((body) => ({ body })));
    expect(await metBy(6)).toEqual(['1', '2', '3'].flatMap((body) => [`smpp-a ${body} 1`, `smpp-b ${body} 2`]));
    const [first, second, third] = several.channels['smpp-b'].tasks.map(({ atMs }) => atMs);
    expect(second! - first!).toBeGreaterThan(950);
    expect(third! - second!).toBeGreaterThan(950);
    await eventually(() => expect(several.world.statusesOf(several.met()[5]!.messageSid)).toEqual(['sent']));
  }, 30_000);

  it('goes on where it began when all refuse for now, after the pause that the last one asks for', async () => {
    const pauses = { 'smpp-a': AN_HOUR, 'smpp-b': 1_500 };
    several.answer = (channel, { attempt }) => [
      attempt <= 2 ? { kind: 'throttled', retryAfterMs: pauses[channel] } : taken(),
    ];
    await several.send({ ...UNPACED, body: 'it' }, { ...UNPACED, body: 'next' });
    const met = await metBy(6);
    expect(met.filter((each) => each.includes('it'))).toEqual(['smpp-a it 1', 'smpp-b it 2', 'smpp-a it 3']);
    const times = several.met().filter(({ body }) => body === 'it');
    expect(times[1]!.atMs - times[0]!.atMs).toBeLessThan(1_400);
    expect(times[2]!.atMs - times[1]!.atMs).toBeGreaterThan(1_450);
  }, 30_000);

  it('is not given to a channel that has refused it, and again to that, while the other is down', async () => {
    several.channels['smpp-b'].become({ isReady: false, reason: 'maintenance' });
    await several.heard('smpp-b', { isUp: false });
    several.answer = (_, { attempt }) => [attempt === 1 ? { kind: 'throttled', retryAfterMs: 1_500 } : taken()];
    await several.send({ body: 'it' });
    expect(await metBy(2)).toEqual(['smpp-a it 1', 'smpp-a it 2']);
    const [first, second] = several.met();
    expect(second!.atMs - first!.atMs).toBeGreaterThan(1_450);
  }, 30_000);

  it('keeps the pace of its sender, and its place, when channels come and go', async () => {
    const bodies = ['0', '1', '2', '3', '4', '5'];
    await several.send(...bodies.map((body) => ({ from: '+14158141830', body })));
    for (const [count, isReady] of [
      [2, false],
      [4, true],
    ] as const) {
      await eventually(() => expect(several.met().length).toBeGreaterThanOrEqual(count), 20_000);
      several.channels['smpp-a'].become({ isReady, reason: isReady ? null : 'maintenance' });
    }
    await metBy(6);
    const met = several.met();
    expect(met.map(({ body }) => body)).toEqual(bodies);
    expect(new Set(met.map(({ channel }) => channel)).size).toBe(2);
    met.forEach((first, index) =>
      met.slice(index).forEach((last, count) => expect(last.atMs - first.atMs).toBeGreaterThan(1_000 * count - 60)),
    );
  }, 40_000);

  it('waits where all are down, in a lane that nobody touches, and holds up no other', async () => {
    several.channels['smpp-a'].fallSilent();
    await several.heard('smpp-a', { isUp: false });
    const waiting = Array.from({ length: 700 }, (_, index) => ({ ...ONLY_A, from: `+1415${5550000 + index}` }));
    const sids = await several.send(...waiting);
    const lanes = async () =>
      await several.world.postgres.database.query(
        `SELECT lane_id, ctid::text, xmin::text, xmax::text FROM lanes WHERE head_sid = ANY($1) ORDER BY lane_id`,
        [sids],
      );
    await eventually(async () => expect(await lanes()).toHaveLength(700), 20_000);
    const before = await lanes();
    const others = Array.from({ length: 600 }, (_, index) => ({ from: `+1416${5550000 + index}` }));
    await several.send(...others);
    await metBy(600);
    expect(new Set(several.met().map(({ channel }) => channel))).toEqual(new Set(['smpp-b']));
    await sleep(1_500);
    expect(await lanes()).toEqual(before);
    several.channels['smpp-a'].fallSilent(false);
    await metBy(1_300);
    expect(new Set(several.channels['smpp-a'].tasks.map(({ messageSid }) => messageSid))).toEqual(new Set(sids));
  }, 60_000);
});
