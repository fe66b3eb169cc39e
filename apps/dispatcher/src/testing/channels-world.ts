import type { MessageAcceptedData, SubmissionOutcome, SubmitTaskData } from '@heliograph/contracts';
import { JetStreamConnection } from '@heliograph/jetstream';
import { eventually } from '@heliograph/testing';
import { AnnouncedChannels } from '../channels/announced-channels.js';
import type { ChannelState } from '../channels/channel-states.js';
import { RateDecksRepository } from '../pricing/rate-decks.repository.js';
import type { Route } from '../routes/route.js';
import { RoutesRepository } from '../routes/routes.repository.js';
import { anAcceptedMessage } from './accepted-message.js';
import { DispatcherWorld, taken } from './dispatcher-world.js';
import { type MetTask, TestChannel } from './test-channel.js';

export type ChannelName = 'smpp-a' | 'smpp-b';

const NAMES: readonly ChannelName[] = ['smpp-a', 'smpp-b'];

/** Everything by `smpp-a`, and else by `smpp-b`. */
const ROUTES: readonly Route[] = [
  { prefix: '', kind: 'any', senderType: 'any', account: 'any', channels: [...NAMES] },
  { prefix: '+1999', kind: 'any', senderType: 'any', account: 'any', channels: ['smpp-a'] },
];
/** Goes by `smpp-a` alone. */
export const ONLY_A = { to: '+19995550100' };

/** A world with two more channels, `smpp-a` and `smpp-b`. What is real and what is a double: see DispatcherWorld. */
export class ChannelsWorld {
  /** What a channel reports about a task. */
  answer: (channel: ChannelName, task: SubmitTaskData) => SubmissionOutcome[] = () => [taken()];

  private constructor(
    readonly world: DispatcherWorld,
    private readonly connection: JetStreamConnection,
    readonly channels: Readonly<Record<ChannelName, TestChannel>>,
  ) {}

  static async start(dispatchers = 1): Promise<ChannelsWorld> {
    const world = await DispatcherWorld.start();
    const { database } = world.postgres;
    const rate = { prefix: '+1', country: 'US', senderType: 'any', priceMicros: 1, validFromMs: 0 } as const;
    await new RateDecksRepository(database).add(
      (['sms', 'mms'] as const).map((kind) => ({ ...rate, kind })),
      'test',
    );
    await new RoutesRepository(database).replaceAll(ROUTES, 'test');
    while (world.services.length < dispatchers) await world.bootDispatcher();
    const connection = await JetStreamConnection.open({ url: world.nats.url, name: 'channels' });
    const channel = (name: ChannelName) => new TestChannel(connection, (task) => self.answer(name, task), { name });
    const self: ChannelsWorld = new ChannelsWorld(world, connection, {
      'smpp-a': channel('smpp-a'),
      'smpp-b': channel('smpp-b'),
    });
    await Promise.all(NAMES.map((name) => self.channels[name].start()));
    await self.heard('smpp-a', { isUp: true });
    await self.heard('smpp-b', { isUp: true });
    return self;
  }

  async stop(): Promise<void> {
    await Promise.all(NAMES.map((name) => this.channels[name].stop()));
    await this.connection.close();
    await this.world.stop();
  }

  /** As at the start, but for what waits and was sent. */
  async reset(): Promise<void> {
    this.answer = () => [taken()];
    for (const name of NAMES) {
      this.channels[name].tasks.length = 0;
      this.channels[name].fallSilent(false);
      const condition = { isReady: true, reason: null, kinds: ['sms', 'mms'], maxPerSecond: null, maxInFlight: null };
      this.channels[name].become(condition as Parameters<TestChannel['become']>[0]);
      await this.heard(name, { isUp: true, maxPerSecond: null, maxInFlight: null });
    }
  }

  /** Waits until every dispatcher knows so much of a channel. */
  async heard(name: ChannelName, state: Partial<ChannelState>): Promise<void> {
    for (const { app } of this.world.services)
      await eventually(() => {
        const found = app.get(AnnouncedChannels).find(name);
        for (const [key, value] of Object.entries(state)) {
          if (JSON.stringify(found[key as keyof ChannelState]) !== JSON.stringify(value))
            throw new Error(`${name} is ${JSON.stringify(found)}`);
        }
      });
  }

  /** @returns their sids, in order */
  async send(...messages: Partial<MessageAcceptedData>[]): Promise<string[]> {
    const accepted = messages.map((data) => anAcceptedMessage(data));
    await this.world.publish(...accepted);
    return accepted.map(({ messageSid }) => messageSid);
  }

  /** What both channels have met, in order: to which of them it came, and which message and attempt it was. */
  met(): (MetTask & { channel: ChannelName })[] {
    return NAMES.flatMap((channel) => this.channels[channel].tasks.map((task) => ({ ...task, channel }))).sort(
      (one, other) => one.atMs - other.atMs,
    );
  }
}
