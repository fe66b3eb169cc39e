import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listChannels } from '@heliograph/contracts';
import { JetStreamConnection } from '@heliograph/jetstream';
import { CommandFailure, type OperatorCommand, UsageError } from '@heliograph/service-host';
import { eventually } from '@heliograph/testing';
import { askDispatchersOf } from '../ask-dispatchers.js';
import { DispatcherWorld } from '../testing/dispatcher-world.js';
import { TestChannel } from '../testing/test-channel.js';
import { AnnouncedChannels } from './announced-channels.js';
import { channelsCommands } from './channels-commands.js';

/** What is real and what is a double: see DispatcherWorld. */
describe('channels list', () => {
  let world: DispatcherWorld;
  let connection: JetStreamConnection;
  let second: TestChannel;

  beforeAll(async () => {
    world = await DispatcherWorld.start();
    connection = await JetStreamConnection.open({ url: world.nats.url, name: 'second channel' });
    second = new TestChannel(connection, () => [], {
      name: 'smpp-east',
      kinds: ['sms'],
      isReady: false,
      reason: 'the bind was refused',
      maxPerSecond: 12.5,
      maxInFlight: 40,
    });
    await second.start();
  }, 60_000);

  afterAll(async () => {
    await second.stop();
    await connection.close();
    await world.stop();
  }, 60_000);

  const commandWith = (environment: NodeJS.ProcessEnv): OperatorCommand =>
    channelsCommands(askDispatchersOf(environment))[0]!;
  const list = () => commandWith({ NATS_URL: world.nats.url }).run([]);
  const linesOf = async () => (await list()).split('\n').map((line) => line.split(/ {2,}/));

  it('shows every channel, whether it is up, and what it takes', async () => {
    await eventually(async () =>
      expect(await linesOf()).toEqual([
        ['CHANNEL', 'IS', 'TAKES', 'PER SECOND', 'IN FLIGHT', 'BECAUSE'],
        ['simulator', 'up', 'sms, mms', 'any', 'any'],
        ['smpp-east', 'down', 'sms', '12.5', '40', 'the bind was refused'],
      ]),
    );
    second.become({ isReady: true, reason: null });
    await eventually(async () => expect((await linesOf())[2]?.[1]).toBe('up'), 5_000);
  });

  it('is known to a dispatcher that starts later', async () => {
    const service = await world.bootDispatcher();
    const channels = service.app.get(AnnouncedChannels);
    await eventually(() => expect(channels.all().map(({ isUp }) => isUp)).toEqual([true, true]), 5_000);
    await world.services.pop()!.stop();
  });

  it('takes nothing more', async () => {
    await expect(commandWith({ NATS_URL: world.nats.url }).run(['simulator'])).rejects.toThrow(UsageError);
  });

  it('says what to do where no dispatcher answers', async () => {
    await expect(commandWith({}).run([])).rejects.toThrow(/NATS_URL.*is not set.*npm start/s);
    const nowhere = commandWith({ NATS_URL: 'nats://user:secret@127.0.0.1:1' });
    await expect(nowhere.run([])).rejects.toThrow(/^No dispatcher answered \(.*refused.*\)\. See that one runs/);
    const elsewhere = askDispatchersOf({ NATS_URL: world.nats.url });
    const another = { ...listChannels, subject: 'request.nobody.answers.v1' };
    await expect(elsewhere(another, {})).rejects.toThrow(CommandFailure);
  });
});
