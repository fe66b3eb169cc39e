import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { channelAnnounced, type ChannelAnnouncedData, channelsWanted } from '@heliograph/contracts';
import { JetStreamConnection, Signals } from '@heliograph/jetstream';
import { bootService, createLogger, loadConfig, type RunningService } from '@heliograph/service-host';
import { eventually, startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import { definition } from '../definition.js';
import { migrations } from '../migrations/migrations.js';

/** Real: PostgreSQL, NATS and the simulator. Double: the dispatcher, which listens here. */
describe('the simulator announces itself', () => {
  let postgres: TestDatabase;
  let nats: TestNats;
  let connection: JetStreamConnection;
  let signals: Signals;
  const services: RunningService[] = [];
  const heard: ChannelAnnouncedData[] = [];

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([
      startTestDatabase({ schema: 'channel_simulator', migrations }),
      startTestNats(),
    ]);
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
    signals = new Signals(connection);
    signals.listen(channelAnnounced.subject('simulator'), channelAnnounced, (announced) => heard.push(announced));
  }, 60_000);

  afterAll(async () => {
    for (const service of services) await service.stop();
    await connection.close();
    await Promise.all([postgres.stop(), nats.stop()]);
  }, 60_000);

  const boot = async (settings: NodeJS.ProcessEnv = {}): Promise<RunningService> => {
    const config = loadConfig(definition.configSchema, {
      DATABASE_URL: postgres.url,
      NATS_URL: nats.url,
      HTTP_PORT: '0',
      HANDSETS_URL: 'http://handsets.test:1/',
      INTERNAL_URL: 'http://handsets.test:1/',
      ...settings,
    });
    const logger = createLogger({ service: 'channel-simulator', level: 'silent', unmasked: false });
    const service = await bootService(definition, config, logger);
    services.push(service);
    return service;
  };
  const last = (expected: Partial<ChannelAnnouncedData>, withinMs?: number) =>
    eventually(() => expect(heard.at(-1)).toMatchObject(expected), withinMs);
  const beat = async () => {
    const count = heard.length;
    await eventually(() => expect(heard.length).toBeGreaterThan(count), 5_000);
  };
  const ready = { channel: 'simulator', isReady: true, reason: null, isLeaving: false };

  it('with its kinds and no ceilings, and says goodbye when it stops', async () => {
    await boot();
    await last({ ...ready, kinds: ['sms', 'mms'], maxPerSecond: null, maxInFlight: null });
    await beat();
    await beat();
    await services.pop()!.stop();
    await last({ instance: heard[0]!.instance, isReady: false, reason: 'it is shutting down', isLeaving: true });
  });

  it('with the ceilings that it is given, as another instance, at once when asked', async () => {
    const before = heard.at(-1)!.instance;
    await boot({ MAX_PER_SECOND: '2.5', MAX_IN_FLIGHT: '40' });
    await last({ isReady: true, maxPerSecond: 2.5, maxInFlight: 40 });
    expect(heard.at(-1)!.instance).not.toBe(before);
    const askedAtMs = performance.now();
    for (let asked = 0; asked < 10; asked += 1) {
      signals.send(channelsWanted.compose(channelsWanted.subject, {}));
      await beat();
    }
    // Without being asked it would take ten seconds to announce itself ten times.
    expect(performance.now() - askedAtMs).toBeLessThan(8_000);
  });

  it('as not ready while its database is away, and as ready once it is back', async () => {
    await postgres.server.kill();
    await last({ isReady: false, reason: 'its database is away' }, 20_000);
    await postgres.server.start();
    await last({ isReady: true, reason: null }, 20_000);
  }, 60_000);

  it.each([
    ['MAX_PER_SECOND', '0'],
    ['MAX_PER_SECOND', 'many'],
    ['MAX_IN_FLIGHT', '0'],
    ['MAX_IN_FLIGHT', '1.5'],
  ])('and does not start with %s=%s', async (variable, value) => {
    await expect(boot({ [variable]: value })).rejects.toThrow(variable);
  });
});
