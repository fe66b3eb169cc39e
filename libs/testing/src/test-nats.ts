import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, NatsServer } from '@heliograph/local-stack';

/** A nats-server with JetStream for one test file. */
export interface TestNats {
  /** May do everything. */
  readonly url: string;
  /** May only subscribe to `event.>`. */
  readonly observerUrl: string;
  /** As a crash would. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, with what was in its store. */
  start(): Promise<void>;
  /** Kills it, deletes its store, and starts it again. */
  wipe(): Promise<void>;
  /** Remembers what is in its store; restarts it. */
  saveStore(): Promise<void>;
  /** Kills it and starts it with the store that was saved, as a power cut does that came before the store was synced. */
  rollBackStore(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a real nats-server with an empty store. */
export async function startTestNats(): Promise<TestNats> {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-test-'));
  const server = new NatsServer({
    folder: join(folder, 'nats'),
    port: await findFreePort(),
    servicePassword: 'service',
    observerPassword: 'observer',
  });
  await server.start();
  const store = join(folder, 'nats', 'jetstream');
  const savedStore = join(folder, 'saved-store');
  return {
    url: server.url,
    observerUrl: server.observerUrl,
    kill: () => server.kill(),
    start: () => server.start(),
    wipe: async () => {
      await server.kill();
      server.wipeStore();
      await server.start();
    },
    saveStore: async () => {
      await server.stop();
      cpSync(store, savedStore, { recursive: true });
      await server.start();
    },
    rollBackStore: async () => {
      await server.kill();
      server.wipeStore();
      cpSync(savedStore, store, { recursive: true });
      await server.start();
    },
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
