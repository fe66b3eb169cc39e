import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { Logger } from '@nestjs/common';
import { parseNatsUrl } from './nats-address.js';
import { Peers } from './peers.js';

/** Where NATS is (`nats://user:password@host:port`, several separated by commas) and what this service is called there. */
export interface JetStreamConnectionOptions {
  readonly url: string;
  readonly name: string;
}

/** A service's one connection to NATS. It reconnects for as long as the service lives. */
export class JetStreamConnection {
  private readonly logger = new Logger('JetStream');
  private readonly restoredListeners: (() => void)[] = [];
  /** Who waits for an answer that will not come once the connection is lost. */
  private readonly waiting = new Set<(error: Error) => void>();
  private readonly peers: Peers;
  private isLost = false;

  private constructor(
    readonly nats: NatsConnection,
    readonly client: JetStreamClient,
    readonly streams: JetStreamManager,
    name: string,
  ) {
    this.peers = new Peers(nats, streams, name);
    this.onRestored(() => this.peers.announceAgain());
    void this.watch();
  }

  /** Waits until NATS answers. @throws when the address or the credentials are refused */
  static async open(options: JetStreamConnectionOptions): Promise<JetStreamConnection> {
    const nats = await connect({
      ...parseNatsUrl(options.url),
      name: options.name,
      maxReconnectAttempts: -1,
      waitOnFirstConnect: true,
      reconnectTimeWait: 250,
      reconnectJitter: 250,
      pingInterval: 10_000,
      // Otherwise each request builds an error with a stack in case it may fail: a quarter of a busy service's time.
      noAsyncTraces: true,
    });
    return new JetStreamConnection(
      nats,
      jetstream(nats),
      await jetstreamManager(nats, { checkAPI: false, timeout: 2_000 }),
      options.name,
    );
  }

  /** Calls `listener` after each reconnection: whatever the server had not synced may be gone. */
  onRestored(listener: () => void): void {
    this.restoredListeners.push(listener);
  }

  /** Whether what is sent now reaches the server, as far as is known. */
  get isUp(): boolean {
    return !this.isLost && !this.nats.isClosed();
  }

  /** Calls `listener` when another process of this service is gone: it died, stopped, or lost its connection to NATS for a moment. */
  onPeerGone(listener: () => void): void {
    this.peers.onGone(listener);
  }

  /** Asks and waits, unless the connection is or gets lost: what is awaited then will not come any more. */
  async unlessLost<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
    if (this.isLost) throw connectionLost();
    return await new Promise<Answer>((resolve, reject) => {
      this.waiting.add(reject);
      ask()
        .then(resolve, reject)
        .finally(() => this.waiting.delete(reject));
    });
  }

  /** @throws when NATS does not answer */
  async ping(): Promise<void> {
    await this.nats.rtt();
  }

  /** Sends what is buffered, then disconnects. */
  async close(): Promise<void> {
    if (this.nats.isClosed()) return;
    await Promise.race([this.nats.drain(), new Promise((resolve) => setTimeout(resolve, 2_000).unref())]);
    await this.nats.close();
  }

  private noteLost(): void {
    this.logger.warn({ event: 'nats.disconnected' });
    this.isLost = true;
    for (const giveUp of this.waiting) giveUp(connectionLost());
  }

  private noteRestored(): void {
    this.logger.log({ event: 'nats.reconnected' });
    this.isLost = false;
    for (const listener of this.restoredListeners) listener();
  }

  private async watch(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === 'disconnect') this.noteLost();
      if (status.type === 'reconnect') this.noteRestored();
    }
  }
}

const connectionLost = (): Error => new Error('the connection to NATS was lost');
