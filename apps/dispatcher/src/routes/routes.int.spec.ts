import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MessageAcceptedData, StoredMedia } from '@heliograph/contracts';
import { JetStreamConnection } from '@heliograph/jetstream';
import { eventually } from '@heliograph/testing';
import { setTimeout as sleep } from 'node:timers/promises';
import { CarriersRepository } from '../carriers/carriers.repository.js';
import { RateDecksRepository } from '../pricing/rate-decks.repository.js';
import { anAcceptedMessage } from '../testing/accepted-message.js';
import { DispatcherWorld, taken } from '../testing/dispatcher-world.js';
import { TestChannel } from '../testing/test-channel.js';
import type { Route } from './route.js';
import { RoutesRepository } from './routes.repository.js';

const TEXT_ONLY = '+15005552011';
const media = [
  { sid: `ME${'0'.repeat(32)}`, contentType: 'image/png', byteSize: 1, url: 'http://media/1' } as StoredMedia,
];
/** What an import must be in force within. */
const FOLLOWED_MS = 1_000;
const everything = { prefix: '', kind: 'any', senderType: 'any', account: 'any' } as const;

/** What routes do to messages. What is real and what is a double: see DispatcherWorld; here are three channels. */
describe('routes', () => {
  let world: DispatcherWorld;
  let connection: JetStreamConnection;
  let channels: TestChannel[];

  beforeAll(async () => {
    world = await DispatcherWorld.start();
    connection = await JetStreamConnection.open({ url: world.nats.url, name: 'channels' });
    const others = ['smpp-a', 'mms-a'].map(
      (name) => new TestChannel(connection, (task) => world.answer(task), { name }),
    );
    await Promise.all(others.map((channel) => channel.start()));
    channels = [world.channel, ...others];
    const { database } = world.postgres;
    const rate = { prefix: '+1', country: 'US', senderType: 'any', priceMicros: 1, validFromMs: 0 } as const;
    const rates = (['sms', 'mms'] as const).map((kind) => ({ ...rate, kind }));
    await new RateDecksRepository(database).add(rates, 'test');
    const carrier = { prefix: TEXT_ONLY, name: 'Text Only', country: 'US', hasMms: false, imageLimits: null };
    await new CarriersRepository(database).replaceAll([carrier], 'test');
  }, 60_000);

  afterAll(async () => {
    await Promise.all(channels.slice(1).map((channel) => channel.stop()));
    await connection.close();
    await world.stop();
  }, 60_000);

  beforeEach(() => {
    world.answer = () => [taken(), { kind: 'delivered' }];
  });

  afterEach(() => importRoutes());

  /** Puts these in the place of all routes, and waits until they are in force. */
  const importRoutes = async (...routes: Route[]): Promise<void> => {
    await new RoutesRepository(world.postgres.database).replaceAll(routes, 'test');
    await sleep(FOLLOWED_MS);
  };
  const send = async (data: Partial<MessageAcceptedData> = {}): Promise<string> => {
    const message = anAcceptedMessage({ from: '70707', senderType: 'short-code', ...data });
    await world.publish(message);
    return message.messageSid;
  };
  const queuedCount = async (messageSids: readonly string[]): Promise<number> => {
    const query = `SELECT count(*)::int AS count FROM jobs WHERE message_sid = ANY($1)`;
    return (await world.postgres.database.query<{ count: number }>(query, [messageSids]))[0]!.count;
  };
  const channelOf = async (messageSid: string): Promise<string> =>
    await eventually(() => {
      const takers = channels.filter(({ tasks }) => tasks.some((task) => task.messageSid === messageSid));
      expect(takers).toHaveLength(1);
      return takers[0]!.name;
    });

  it('are not needed: everything goes by the default channel', async () => {
    expect(await channelOf(await send())).toBe('simulator');
  });

  it('lead each message to the channel of what it is sent as', async () => {
    await importRoutes(
      { ...everything, channels: ['smpp-a', 'simulator'] },
      { ...everything, kind: 'mms', channels: ['mms-a'] },
      { ...everything, senderType: 'alphanumeric', channels: ['simulator'] },
    );
    expect(await channelOf(await send())).toBe('smpp-a');
    const picture = { media, shortLink: 'https://m.example.com/aB3dE6g' };
    expect(await channelOf(await send(picture))).toBe('mms-a');
    expect(await channelOf(await send({ ...picture, to: TEXT_ONLY }))).toBe('smpp-a');
    expect(await channelOf(await send({ from: 'Acme', senderType: 'alphanumeric' }))).toBe('simulator');
  });

  it('are followed within a second, by whichever dispatcher reads', async () => {
    await world.bootDispatcher();
    await importRoutes({ ...everything, channels: ['smpp-a'] });
    expect(await channelOf(await send())).toBe('smpp-a');
    await importRoutes({ ...everything, channels: ['mms-a'] });
    expect(await channelOf(await send())).toBe('mms-a');
    const [first] = world.services.splice(0, 1);
    await first!.stop();
    expect(await channelOf(await send())).toBe('mms-a');
    await importRoutes({ ...everything, channels: ['smpp-a'] });
    expect(await channelOf(await send())).toBe('smpp-a');
    await importRoutes();
    expect(await channelOf(await send())).toBe('simulator');
  }, 30_000);

  it('are those of when the message was queued, however long it waits', async () => {
    const from = { from: '+14158141829', senderType: 'long-code' } as const;
    const waiting = [await send(from), await send(from), await send(from)];
    await eventually(async () => expect(await queuedCount(waiting)).toBe(3));
    await importRoutes({ ...everything, channels: ['smpp-a'] });
    expect(await channelOf(await send(from))).toBe('smpp-a');
    expect(await Promise.all(waiting.map(channelOf))).toEqual(['simulator', 'simulator', 'simulator']);
  }, 30_000);
});
