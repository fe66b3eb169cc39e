import { messageStatusStream, type OutgoingMessage, type StreamDefinition } from '@heliograph/contracts';
import { JetStreamConnection, JetStreamPublisher } from '@heliograph/jetstream';
import { bootService, createLogger, loadConfig, type RunningService } from '@heliograph/service-host';
import { startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import type { INestMicroservice } from '@nestjs/common';
import { definition } from '../definition.js';
import { migrations } from '../migrations/migrations.js';
import { accountSid } from './status-events.js';
import { authTokens, startTestApi } from './test-api.js';
import { TestReceiver } from './test-receiver.js';

export const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';

/** An attempt as it was stored. */
export interface StoredAttempt {
  readonly sequence: number;
  readonly number: number;
  readonly url: string;
  readonly request_count: number;
  readonly status: number | null;
  readonly error: string | null;
  readonly error_code: number | null;
  readonly answer: string | null;
}

/**
 * The service and what is around it. Real: PostgreSQL, NATS, the service, HTTP on this machine. Doubles: `dispatcher` (events are published
 * here), `api` (a Nest service that answers for signing keys), the customers' server.
 */
export class CallbacksWorld {
  readonly receiver = new TestReceiver();
  service!: RunningService;

  private constructor(
    readonly postgres: TestDatabase,
    readonly nats: TestNats,
    readonly connection: JetStreamConnection,
    private readonly api: INestMicroservice,
    private readonly publisher: JetStreamPublisher,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  static async start(
    settings: Readonly<Record<string, string>> = {},
    streams: readonly StreamDefinition[] = [messageStatusStream],
  ): Promise<CallbacksWorld> {
    const [postgres, nats] = await Promise.all([
      startTestDatabase({ schema: 'callbacks', migrations }),
      startTestNats(),
    ]);
    const api = await startTestApi(nats.url);
    const connection = await JetStreamConnection.open({ url: nats.url, name: 'test' });
    const world = new CallbacksWorld(
      postgres,
      nats,
      connection,
      api,
      new JetStreamPublisher(connection, streams),
      settings,
    );
    authTokens.set(accountSid, AUTH_TOKEN);
    await world.receiver.start();
    world.service = await world.boot();
    return world;
  }

  async boot(settings: Readonly<Record<string, string>> = {}): Promise<RunningService> {
    const config = loadConfig(definition.configSchema, {
      DATABASE_URL: this.postgres.url,
      NATS_URL: this.nats.url,
      HTTP_PORT: '0',
      HTTP_ALLOW: '127.0.0.1',
      CALLBACK_TIMEOUT_MS: '3000',
      CALLBACK_RETRY_SCALE: '0.05',
      ...this.settings,
      ...settings,
    });
    const level = (process.env.TEST_LOG ?? 'fatal') as 'fatal';
    return await bootService(definition, config, createLogger({ service: 'callbacks', level, unmasked: false }));
  }

  async restart(settings: Readonly<Record<string, string>>): Promise<void> {
    await this.service.stop();
    this.service = await this.boot(settings);
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await Promise.all([this.api.close(), this.connection.close()]);
    await Promise.all([this.postgres.stop(), this.nats.stop(), this.receiver.stop()]);
  }

  async publish(...messages: OutgoingMessage[]): Promise<void> {
    const published = await this.publisher.publish(messages);
    if (published.includes(null)) throw new Error('not published');
  }

  /** Hears what is published on plain NATS, as an outside subscriber does. */
  async subscribe(subject: string, hear: (subject: string, payload: unknown) => void): Promise<void> {
    this.connection.nats.subscribe(subject, {
      callback: (_, message) => hear(message.subject, message.json()),
    });
    await this.connection.nats.flush();
  }

  async statesOf(messageSid: string): Promise<string[]> {
    const rows = await this.postgres.database.query<{ state: string }>(
      `SELECT state FROM deliveries WHERE message_sid = $1 ORDER BY sequence`,
      [messageSid],
    );
    return rows.map(({ state }) => state);
  }

  async attemptsOf(messageSid: string): Promise<StoredAttempt[]> {
    return await this.postgres.database.query<StoredAttempt>(
      `SELECT sequence, number, url, request_count, status, error, error_code, answer
         FROM attempts WHERE message_sid = $1 ORDER BY sequence, number`,
      [messageSid],
    );
  }
}
