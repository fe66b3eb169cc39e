import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JetStreamConnection } from '@heliograph/jetstream';
import { Logger } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { eventually } from './eventually.js';
import { closedGate } from './sample-stream.js';
import { startTestNats, type TestNats } from './test-nats.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Real: NATS. */
describe('connection to JetStream', () => {
  let nats: TestNats;
  let connection: JetStreamConnection;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    nats = await startTestNats();
    connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
  }, 60_000);

  afterAll(async () => {
    await connection.close();
    await nats.stop();
  }, 60_000);

  it('is refused with a wrong password', async () => {
    const url = nats.url.replace('service', 'guess');
    await expect(JetStreamConnection.open({ url, name: 'guest' })).rejects.toThrow(/authorization/i);
  });

  it('waits for a server that is not there yet', async () => {
    await nats.kill();
    const opening = JetStreamConnection.open({ url: nats.url, name: 'early' });
    await nats.start();
    await (await opening).close();
    await eventually(() => connection.ping());
  }, 20_000);

  it('keeps no answer in memory that was waited for', async () => {
    const answers = await Promise.all(
      Array.from(
        { length: 100 },
        async () => new WeakRef(await connection.unlessLost(async () => ({ some: 'answer' }))),
      ),
    );
    await nextTurn();
    collectGarbage();
    expect(answers.filter((answer) => answer.deref() !== undefined).length).toBeLessThan(10);
  });

  it('passes on what fails', async () => {
    await expect(connection.unlessLost(() => Promise.reject(new Error('no such thing')))).rejects.toThrow(
      'no such thing',
    );
  });

  it('gives up waiting when it is lost, asks nothing until it is restored, and says when that is', async () => {
    const restored = closedGate();
    let asked = 0;
    connection.onRestored(() => restored.open());
    const waiting = connection.unlessLost(() => new Promise<never>(() => undefined));
    const gaveUp = expect(waiting).rejects.toThrow(/connection to NATS was lost/);
    await nats.kill();
    await gaveUp;
    await expect(connection.unlessLost(async () => (asked += 1))).rejects.toThrow(/lost/);
    expect(asked).toBe(0);
    await nats.start();
    await restored.opened;
    await expect(connection.unlessLost(async () => (asked += 1))).resolves.toBe(1);
  }, 20_000);
});
