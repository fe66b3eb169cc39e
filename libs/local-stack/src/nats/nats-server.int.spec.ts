import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../ports.js';
import { OBSERVER_DOMAIN } from './nats-configuration.js';
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

  it('takes over what was kept before there were accounts', async () => {
    const ofBefore = mkdtempSync(join(tmpdir(), 'heliograph-nats-'));
    const options = { folder: ofBefore, port: await findFreePort(), servicePassword: 'a', observerPassword: 'b' };
    const first = new NatsServer(options);
    await first.start();
    await withConnection(first.url, addStream);
    await first.stop();
    const accounts = join(ofBefore, 'jetstream', 'jetstream');
    renameSync(join(accounts, 'HELIOGRAPH'), join(accounts, '$G'));
    const second = new NatsServer(options);
    await second.start();
    const names = await withConnection(second.url, async (connection) =>
      (await jetstreamManager(connection)).streams.names().next(),
    );
    expect(names).toEqual(['SAMPLE']);
    await second.stop();
    rmSync(ofBefore, { recursive: true, force: true });
  });

  describe('and what it holds', () => {
    const EVENT = 'event.message.sent.v1.AC1';
    const TASK = 'task.submit.simulator.v1';

    beforeEach(() =>
      withConnection(server.url, async (service) => {
        const { streams } = await jetstreamManager(service);
        for (const name of await streams.names().next()) await streams.delete(name);
        await streams.add({ name: 'MESSAGE_STATUS', subjects: ['event.message.*.v1.*'] });
        await streams.add({ name: 'SUBMIT_SIMULATOR', subjects: ['task.submit.simulator.v1'] });
        await streams.add({ name: 'DEAD_LETTERS', subjects: ['dead.>'] });
        await jetstream(service).publish(EVENT, 'first');
        await jetstream(service).publish(TASK, 'secret');
      }),
    );

    const stored = () =>
      withConnection(server.url, async (service) => {
        const { streams } = await jetstreamManager(service);
        const [names, counts] = [await streams.names().next(), [] as number[]];
        for (const name of names.sort()) counts.push((await streams.info(name)).state.messages);
        return Object.fromEntries(names.map((name, i) => [name, counts[i]]));
      });
    const untouched = { MESSAGE_STATUS: 1, SUBMIT_SIMULATOR: 1, DEAD_LETTERS: 0 };

    const asObserver = <Result>(work: (observer: NatsConnection, refusals: string[]) => Promise<Result>) =>
      withConnection(server.observerUrl, async (observer) => {
        const refusals: string[] = [];
        void (async () => {
          for await (const status of observer.status())
            if (status.type === 'error') refusals.push(status.error.message);
        })();
        return work(observer, refusals);
      });
    /** Everything sent was dealt with, and so was everything that followed from it. */
    const settled = async (observer: NatsConnection) => {
      await observer.flush();
      await new Promise((resolve) => setTimeout(resolve, 50));
      await observer.flush();
    };

    it('lets the observer read a stream of events', async () => {
      await asObserver(async (observer) => {
        const { streams } = await jetstreamManager(observer, { domain: OBSERVER_DOMAIN, checkAPI: false });
        expect((await streams.info('MESSAGE_STATUS')).state).toMatchObject({ messages: 1, last_seq: 1 });
        // The client's types do not know it; the server does, from 2.9 on.
        const nextFrom = (seq: number, subject: string) => ({ seq, next_by_subj: subject });
        const message = await streams.getMessage('MESSAGE_STATUS', nextFrom(1, 'event.message.*.v1.AC1'));
        expect([message?.seq, message?.subject, message?.string()]).toEqual([1, EVENT, 'first']);
        expect(await streams.getMessage('MESSAGE_STATUS', nextFrom(2, 'event.>'))).toBeNull();
      });
    });

    it.each([
      EVENT,
      TASK,
      'request.account.signing-key.v1',
      'signal.channel.announced.v1.simulator',
      'dead.MESSAGE_STATUS.api',
      '_INBOX.somebody.1',
      '$JS.API.STREAM.DELETE.MESSAGE_STATUS',
      '$JS.API.STREAM.MSG.DELETE.MESSAGE_STATUS',
      '$JS.API.STREAM.PURGE.MESSAGE_STATUS',
      '$JS.API.STREAM.UPDATE.MESSAGE_STATUS',
      '$JS.API.STREAM.CREATE.MINE',
      '$JS.API.STREAM.MSG.GET.SUBMIT_SIMULATOR',
      '$JS.API.CONSUMER.CREATE.MESSAGE_STATUS.mine',
      '$JS.API.CONSUMER.DURABLE.CREATE.MESSAGE_STATUS.api',
      '$JS.API.CONSUMER.MSG.NEXT.MESSAGE_STATUS.api',
      '$JS.ACK.MESSAGE_STATUS.api.1.1.1.1.0',
      '$JS.heliograph.API.STREAM.DELETE.MESSAGE_STATUS',
      '$JS.heliograph.API.STREAM.PURGE.MESSAGE_STATUS',
      '$JS.heliograph.API.CONSUMER.CREATE.MESSAGE_STATUS.mine',
      '$SYS.REQ.SERVER.PING',
    ])('does not let the observer publish to %s', async (subject) => {
      await asObserver(async (observer, refusals) => {
        observer.publish(subject, '{}');
        await settled(observer);
        expect(refusals).toEqual([expect.stringMatching(/permissions violation for publish/i)]);
      });
      expect(await stored()).toEqual(untouched);
    });

    it.each(['task.>', 'request.>', 'signal.>', 'dead.>', 'presence.>', '$JS.>', '$SYS.>', '>'])(
      'does not let the observer subscribe to %s',
      async (subject) => {
        await asObserver(async (observer, refusals) => {
          observer.subscribe(subject, { callback: () => undefined });
          await settled(observer);
          expect(refusals).toEqual([expect.stringMatching(/permissions violation for subscription/i)]);
        });
      },
    );

    it('does not let the observer read a stream of tasks, nor what it gave up', async () => {
      await asObserver(async (observer) => {
        const options = { domain: OBSERVER_DOMAIN, checkAPI: false, timeout: 500 };
        const { streams } = await jetstreamManager(observer, options);
        for (const name of ['SUBMIT_SIMULATOR', 'DEAD_LETTERS']) {
          await expect(streams.getMessage(name, { seq: 1 })).rejects.toThrow(/not enabled|no responders/i);
          await expect(streams.info(name)).rejects.toThrow(/not enabled|no responders/i);
        }
      });
    });

    it.each([EVENT, TASK, 'dead.MESSAGE_STATUS.api', '$JS.API.STREAM.PURGE.MESSAGE_STATUS'])(
      'does not publish to %s by having the answer to a request sent there',
      async (reply) => {
        await asObserver(async (observer) => {
          for (const request of ['STREAM.INFO', 'STREAM.MSG.GET'])
            observer.publish(`$JS.${OBSERVER_DOMAIN}.API.${request}.MESSAGE_STATUS`, '{"seq":1}', { reply });
          await settled(observer);
        });
        expect(await stored()).toEqual(untouched);
      },
    );

    it('keeps what services answer one another from the observer', async () => {
      const heard: string[] = [];
      await asObserver(async (observer) => {
        observer.subscribe('_INBOX.>', { callback: (_error, message) => void heard.push(message.string()) });
        await observer.flush();
        await withConnection(server.url, async (service) => {
          service.subscribe('request.account.signing-key.v1', {
            callback: (_e, request) => void request.respond('key'),
          });
          expect((await service.request('request.account.signing-key.v1')).string()).toBe('key');
        });
        await settled(observer);
      });
      expect(heard).toEqual([]);
    });
  });
});
