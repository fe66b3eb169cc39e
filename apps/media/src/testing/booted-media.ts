import { storeMedia, type StoreMediaReply, type StoreMediaRequest } from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';
import { parseNatsUrl } from '@heliograph/jetstream';
import { bootService, createLogger, loadConfig, type RunningService } from '@heliograph/service-host';
import { startTestDatabase, startTestNats, type TestDatabase, type TestNats } from '@heliograph/testing';
import { type ClientNats, ClientProxyFactory, Transport } from '@nestjs/microservices';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { definition } from '../definition.js';
import { migrations } from '../migrations/migrations.js';

/** The smallest pictures there are. */
export const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
export const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

export const accountSid = makeSid('AC', Buffer.alloc(16, 0xaa));
export const strangerSid = makeSid('AC', Buffer.alloc(16, 0xbb));
export const newMessageSid = () => makeSid('MM', randomBytes(16));

/** A server's answer with this type and body. */
export const sends =
  (type: string | undefined, body: Buffer | string): RequestListener =>
  (_request, response) =>
    void response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(body);

/** Real: PostgreSQL, NATS, the media service in this process, and the server that it fetches from. */
export class BootedMedia {
  /** What the origin answers, by path with query; 404 with a picture otherwise. */
  answers: Record<string, RequestListener> = {};
  /** Everything that the service has logged. */
  logged = '';

  private constructor(
    readonly postgres: TestDatabase,
    readonly nats: TestNats,
    readonly origin: Server,
    private readonly settings: NodeJS.ProcessEnv,
    private client: ClientNats,
    private running: RunningService | undefined,
  ) {}

  static async start(settings: NodeJS.ProcessEnv = {}): Promise<BootedMedia> {
    const [postgres, nats] = await Promise.all([startTestDatabase({ schema: 'media', migrations }), startTestNats()]);
    const origin = createServer((request, response) => {
      const answer = media.answers[request.url ?? ''];
      if (answer) answer(request, response);
      else response.writeHead(404, { 'content-type': 'image/png' }).end(PNG);
    }).listen(0, '127.0.0.1');
    await once(origin, 'listening');
    const client = ClientProxyFactory.create({ transport: Transport.NATS, options: parseNatsUrl(nats.url) });
    await client.connect();
    const media = new BootedMedia(postgres, nats, origin, settings, client as ClientNats, undefined);
    await media.boot();
    return media;
  }

  /** Starts the service with these settings over those of the file. */
  async boot(changes: NodeJS.ProcessEnv = {}): Promise<void> {
    const config = loadConfig(definition.configSchema, {
      DATABASE_URL: this.postgres.url,
      NATS_URL: this.nats.url,
      HTTP_PORT: '0',
      MEDIA_INTERNAL_URL: 'http://media.example/',
      SHORT_LINK_URL: 'https://m.example/',
      HTTP_ALLOW: '127.0.0.0/8',
      MEDIA_FETCH_TIMEOUT_MS: '1500',
      ...this.settings,
      ...changes,
    });
    const destination = { write: (line: string) => void (this.logged += line) };
    const logger = createLogger({ service: 'media', level: 'info', unmasked: false, destination });
    this.running = await bootService(definition, config, logger);
  }

  get service(): RunningService {
    if (!this.running) throw new Error('The media service is not running.');
    return this.running;
  }

  async reboot(changes: NodeJS.ProcessEnv = {}): Promise<void> {
    await this.service.stop();
    await this.boot(changes);
  }

  get originUrl(): string {
    return `http://127.0.0.1:${(this.origin.address() as AddressInfo).port}`;
  }

  ask<Reply>(subject: string, request: unknown): Promise<Reply> {
    return firstValueFrom(this.client.send<Reply>(subject, request));
  }

  async store(urls: string[], changes: Partial<StoreMediaRequest> = {}): Promise<StoreMediaReply> {
    const request = { accountSid, messageSid: newMessageSid(), urls, ...changes };
    return storeMedia.reply.parse(await this.ask(storeMedia.subject, request));
  }

  /** The same, of paths on the origin, where it must not be refused. */
  async stored(
    paths: string[],
    changes: Partial<StoreMediaRequest> = {},
  ): Promise<Extract<StoreMediaReply, { kind: 'stored' }>> {
    const reply = await this.store(
      paths.map((path) => this.originUrl + path),
      changes,
    );
    if (reply.kind !== 'stored') throw new Error(reply.reason);
    return reply;
  }

  /** The same path on the service under test: its URLs carry the names that others know it by. */
  served(url: string): string {
    return url.replace(/^https?:\/\/(media|m)\.example/, this.service.url);
  }

  async rowCount(table = 'media'): Promise<number> {
    const [row] = await this.postgres.database.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`);
    return row?.count ?? NaN;
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.running?.stop();
    this.origin.closeAllConnections();
    this.origin.close();
    await Promise.all([this.postgres.stop(), this.nats.stop()]);
  }
}
