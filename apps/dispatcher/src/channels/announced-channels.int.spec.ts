import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { channelAnnounced } from '@heliograph/contracts';
import { JetStreamConnection, Signals } from '@heliograph/jetstream';
import { createLogger } from '@heliograph/service-host';
import { eventually, startTestNats, type TestNats } from '@heliograph/testing';
import { Logger as NestLogger } from '@nestjs/common';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { TestChannel, type TestChannelOptions } from '../testing/test-channel.js';
import { AnnouncedChannels } from './announced-channels.js';
import type { ChannelState } from './channel-states.js';

/** A channel is heard every second. */
const SILENCE_MS = 3_000;

/** Real: NATS, and channels that announce themselves. */
describe('announced channels', () => {
  let nats: TestNats;
  let connection: JetStreamConnection;
  let stops: (() => unknown)[];
  let log: Record<string, unknown>[];

  beforeAll(async () => {
    NestLogger.overrideLogger(false);
    nats = await startTestNats();
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
  }, 60_000);

  afterAll(async () => {
    await connection.close();
    await nats.stop();
  }, 60_000);

  beforeEach(() => {
    stops = [];
    log = [];
  });

  afterEach(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  const listen = (silenceMs = SILENCE_MS): AnnouncedChannels => {
    const destination = new Writable({
      write: (line: Buffer, _encoding, done) => done(void log.push(JSON.parse(line.toString()))),
    });
    const logger = createLogger({ service: 'dispatcher', level: 'info', unmasked: false, destination });
    const channels = new AnnouncedChannels(new Signals(connection), logger, { CHANNEL_SILENCE_MS: silenceMs });
    channels.onModuleInit();
    stops.push(() => channels.onModuleDestroy());
    return channels;
  };
  const start = async (options: TestChannelOptions): Promise<TestChannel> => {
    const channel = new TestChannel(connection, () => [], options);
    stops.push(() => channel.stop());
    await channel.start();
    return channel;
  };
  const isUp = (channels: AnnouncedChannels, name: string, expected = true, withinMs = 5_000) =>
    eventually(() => expect(channels.find(name).isUp).toBe(expected), withinMs);
  const send = (subject: string, payload: string | Uint8Array) => connection.nats.publish(subject, payload);

  it('are up with what they announce, at once where they were there before', async () => {
    await start({ name: 'early', kinds: ['sms'], maxPerSecond: 0.5, maxInFlight: 3, announceEveryMs: 60_000 });
    const channels = listen();
    expect(channels.find('early')).toMatchObject({ isUp: false, downReason: 'never announced' });
    await isUp(channels, 'early');
    expect(channels.find('early')).toEqual({
      name: 'early',
      isUp: true,
      downReason: null,
      kinds: ['sms'],
      maxPerSecond: 0.5,
      maxInFlight: 3,
    });
    await start({ name: 'arriving' });
    await isUp(channels, 'arriving');
    expect(channels.all().map(({ name }) => name)).toEqual(['arriving', 'early']);
    expect(log).toMatchObject([
      { msg: 'channel.up', channel: 'early', maxPerSecond: 0.5, maxInFlight: 3 },
      { msg: 'channel.up', channel: 'arriving' },
    ]);
  });

  it('are down once they were silent for three seconds, and up when they are heard again', async () => {
    const channel = await start({ name: 'quiet' });
    const channels = listen();
    await isUp(channels, 'quiet');
    const silentFromMs = performance.now();
    channel.fallSilent();
    await isUp(channels, 'quiet', false, 10_000);
    expect(performance.now() - silentFromMs).toBeGreaterThan(SILENCE_MS - 1_100);
    expect(channels.find('quiet').downReason).toMatch(/^silent since 20\d\d-\d\d-\d\dT[\d:.]+Z$/);
    expect(log.at(-1)).toMatchObject({ level: 'warn', msg: 'channel.down', reason: channels.find('quiet').downReason });
    channel.fallSilent(false);
    await isUp(channels, 'quiet');
  });

  it('are down at once where they say so, with their reason, and where they say goodbye', async () => {
    const channels = listen();
    const channel = await start({ name: 'honest' });
    await isUp(channels, 'honest');
    channel.become({ isReady: false, reason: 'the carrier refused the bind' });
    await isUp(channels, 'honest', false);
    expect(channels.find('honest').downReason).toBe('the carrier refused the bind');
    channel.become({ isReady: true, reason: null });
    await isUp(channels, 'honest');
    await channel.stop();
    await isUp(channels, 'honest', false);
    expect(channels.find('honest').downReason).toMatch(/^shut down at 20/);
  });

  it('are up while one of two replicas lives', async () => {
    const channels = listen();
    const [first, second] = [await start({ name: 'pair' }), await start({ name: 'pair' })];
    await isUp(channels, 'pair');
    const seen: ChannelState[] = [];
    channels.onChange((state) => seen.push(state));
    first.fallSilent();
    await sleep(SILENCE_MS + 1_000);
    expect([channels.find('pair').isUp, seen]).toEqual([true, []]);
    await second.stop();
    await isUp(channels, 'pair', false);
  }, 20_000);

  it('are told of whenever something changes, and only then', async () => {
    const channels = listen();
    const seen: ChannelState[] = [];
    const stop = channels.onChange((state) => seen.push(state));
    const channel = await start({ name: 'changing' });
    await eventually(() => expect(seen).toHaveLength(1), 5_000);
    channel.become({ maxPerSecond: 7 });
    await eventually(() => expect(seen).toHaveLength(2), 5_000);
    channel.become({ isReady: false, reason: 'one' });
    await eventually(() => expect(seen).toHaveLength(3), 5_000);
    channel.become({ reason: 'another' });
    await eventually(() => expect(seen).toHaveLength(4), 5_000);
    await sleep(2_100);
    expect(seen.map(({ isUp, maxPerSecond, downReason }) => [isUp, maxPerSecond, downReason])).toEqual([
      [true, null, null],
      [true, 7, null],
      [false, 7, 'one'],
      [false, 7, 'another'],
    ]);
    stop();
    channel.become({ isReady: true, reason: null });
    await isUp(channels, 'changing');
    expect(seen).toHaveLength(4);
  });

  it('are not disturbed by what is malformed, too large, or in the name of another', async () => {
    const channels = listen();
    await start({ name: 'calm' });
    await isUp(channels, 'calm');
    const announcement = JSON.parse(
      channelAnnounced.announce(
        { channel: 'calm', instance: 'forged' },
        { kinds: ['sms'], isReady: true, reason: null, maxPerSecond: 1, maxInFlight: 1 },
        false,
      ).payload,
    ) as Record<string, unknown>;
    for (const payload of ['', '{', 'null', '[]', '{}', JSON.stringify({ ...announcement, maxPerSecond: -1 })])
      send(channelAnnounced.subject('calm'), payload);
    send(channelAnnounced.subject('calm'), JSON.stringify({ ...announcement, addedLater: 'x'.repeat(500_000) }));
    send(channelAnnounced.subject('other'), JSON.stringify(announcement));
    send(channelAnnounced.subject('calm'), new Uint8Array(900_000).fill(0xff));
    await connection.nats.flush();
    await start({ name: 'after-that' });
    await isUp(channels, 'after-that');
    expect(channels.find('calm')).toMatchObject({ isUp: true, maxPerSecond: null });
    expect(channels.all()).toHaveLength(2);
  });

  it('are heard again at once when NATS was away', async () => {
    const channels = listen();
    await start({ name: 'lasting' });
    await isUp(channels, 'lasting');
    await nats.kill();
    await isUp(channels, 'lasting', false, 10_000);
    await nats.start();
    await isUp(channels, 'lasting', true, 10_000);
  }, 30_000);

  it('are not down because this process stood still', async () => {
    const channels = listen(1_000);
    await start({ name: 'steady', announceEveryMs: 200 });
    await isUp(channels, 'steady');
    const seen: ChannelState[] = [];
    channels.onChange((state) => seen.push(state));
    standStill(2_000);
    await sleep(1_000);
    expect([channels.find('steady').isUp, seen]).toEqual([true, []]);
  });

  it('keep no more of them than there may be', async () => {
    const channels = listen(60_000);
    const announce = (channel: string, isLeaving: boolean) => {
      const { subject, payload } = channelAnnounced.announce(
        { channel, instance: '1' },
        { kinds: ['sms'], isReady: true, reason: null, maxPerSecond: null, maxInFlight: null },
        isLeaving,
      );
      send(subject, payload);
    };
    for (let index = 0; index < 1_500; index += 1) announce(`flood-${index}`, true);
    announce('wanted', false);
    await isUp(channels, 'wanted', true, 20_000);
    expect(channels.all()).toHaveLength(1_000);
  });
});

/** Nothing of this process runs meanwhile, as on a machine that is overloaded or asleep. */
function standStill(forMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, forMs);
}
