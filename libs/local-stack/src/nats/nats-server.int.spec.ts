import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../ports.js';
import { NatsServer } from './nats-server.js';

// Starting real servers takes seconds on a busy machine.
jest.setTimeout(60_000);

describe('nats-server', () => {
  let folder: string;
  let server: NatsServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heliograph-nats-'));
    const port = await findFreePort();
    server = new NatsServer({ folder, port, servicePassword: 'for-services', observerPassword: 'for-observers' });
  });

  beforeEach(() => server.start());

  afterAll(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const withConnection = async <Result>(
    url: string,
    work: (connection: NatsConnection) => Promise<Result>,
  ): Promise<Result> => {
    const { username, password, host } = new URL(url);
    const connection = await connect({ servers: host, user: username, pass: password, reconnect: false });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  };

  const addStream = (connection: NatsConnection) =>
    jetstreamManager(connection).then((manager) => manager.streams.add({ name: 'SAMPLE', subjects: ['event.>'] }));

  it('lets nobody in without a password', async () => {
    await expect(withConnection(server.url.replace('for-services', 'guess'), async () => true)).rejects.toThrow(
      /authorization/i,
    );
  });

  it('keeps its passwords from other users of the machine', () => {
    expect(statSync(join(folder, 'nats-server.conf')).mode & 0o777).toBe(0o600);
  });

  it('lets the observer read events', async () => {
    const received = await withConnection(server.observerUrl, async (observer) => {
      const events = observer.subscribe('event.>', { max: 1 });
      await observer.flush();
      await withConnection(server.url, async (service) => {
        service.publish('event.sample.made.v1.AC1', 'hello');
        await service.flush();
      });
      for await (const event of events) return event.string();
      return undefined;
    });
    expect(received).toBe('hello');
  });

  it.each(['event.sample.made.v1.AC1', 'task.submit.simulator.v1', '$JS.API.STREAM.DELETE.SAMPLE'])(
    'does not let the observer publish to %s',
    async (subject) => {
      const received = await withConnection(server.url, async (service) => {
        const heard: string[] = [];
        service.subscribe(subject, { callback: (_error, message) => void heard.push(message.string()) });
        await service.flush();
        await withConnection(server.observerUrl, async (observer) => {
          observer.publish(subject, 'forged');
          await observer.flush();
        });
        await service.flush();
        return heard;
      });
      expect(received).toEqual([]);
    },
  );

  it.each(['task.>', 'request.>', '_INBOX.>', '>'])('does not let the observer subscribe to %s', async (subject) => {
    await withConnection(server.observerUrl, async (observer) => {
      const refusal = new Promise<Error | undefined>((resolve) => {
        observer.subscribe(subject, { callback: (error) => resolve(error ?? undefined) });
      });
      await observer.flush();
      expect((await refusal)?.message).toMatch(/permissions violation/i);
    });
  });

  it('keeps streams through SIGKILL and loses them when the store is wiped', async () => {
    await withConnection(server.url, addStream);
    const streamNames = () =>
      withConnection(server.url, async (connection) => (await jetstreamManager(connection)).streams.names().next());
    await server.kill('SIGKILL');
    await server.start();
    expect(await streamNames()).toEqual(['SAMPLE']);
    expect(() => server.wipeStore()).toThrow(/must be stopped/);
    await server.kill();
    server.wipeStore();
    expect(existsSync(join(folder, 'jetstream'))).toBe(false);
    await server.start();
    expect(await streamNames()).toEqual([]);
  });
});
