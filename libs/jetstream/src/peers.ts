import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { AckPolicy, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream';
import { createInbox, nanos, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { presenceStream } from '@heliograph/contracts';
import { Logger } from '@nestjs/common';
import { ensureStream } from './provisioning.js';

/** So long after its connection has broken NATS takes a process for gone. A false alarm is harmless, and connections come back later. */
const GONE_AFTER_MS = 50;
const RETRY_MS = 1_000;
const ID_BYTES = 6;
const DELETED = `$JS.EVENT.ADVISORY.CONSUMER.DELETED.${presenceStream.name}`;

/**
 * The other processes of this service, as NATS sees them (docs/adr/0016). Each has a consumer on an empty stream, which the server
 * deletes once nobody listens to it, and says so. Of those that are left, one is told: they listen as a queue group.
 */
export class Peers {
  private readonly logger = new Logger('Peers');
  private readonly listeners: (() => void)[] = [];
  private ownName = '';
  private ownInbox: Subscription | undefined;

  constructor(
    private readonly nats: NatsConnection,
    private readonly streams: JetStreamManager,
    private readonly service: string,
  ) {}

  /** From the first listener on this process hears of others, and others of this one. */
  onGone(listener: () => void): void {
    this.listeners.push(listener);
    if (this.listeners.length > 1) return;
    this.nats.subscribe(`${DELETED}.*`, {
      queue: this.service,
      callback: (error, message) => {
        if (error) this.logger.warn({ event: 'peers.not-heard', error: error.message });
        else this.noteGone(message.subject.slice(DELETED.length + 1));
      },
    });
    void this.announce();
  }

  /** The server may have given this process up, or have forgotten it. */
  announceAgain(): void {
    if (this.listeners.length > 0) void this.announce();
  }

  /** By a new name each time: the one before may be about to be deleted. */
  private async announce(): Promise<void> {
    const name = `${this.service}_${randomBytes(ID_BYTES).toString('hex')}`;
    this.ownName = name;
    while (this.ownName === name && !this.nats.isClosed()) {
      try {
        return await this.appearAs(name);
      } catch (error) {
        this.logger.warn({
          event: 'peers.not-announced',
          error: error instanceof Error ? error.message : String(error),
        });
        await sleep(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private async appearAs(name: string): Promise<void> {
    const inbox = createInbox();
    this.ownInbox?.unsubscribe();
    this.ownInbox = this.nats.subscribe(inbox, { callback: () => undefined });
    await ensureStream(this.streams, presenceStream);
    await this.streams.consumers.add(presenceStream.name, {
      name,
      deliver_subject: inbox,
      deliver_policy: DeliverPolicy.New,
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(GONE_AFTER_MS),
      mem_storage: true,
    });
  }

  private noteGone(name: string): void {
    const service = name.slice(0, -1 - 2 * ID_BYTES);
    if (service !== this.service || name === this.ownName) return;
    this.logger.log({ event: 'peer.gone', peer: name });
    for (const listener of this.listeners) listener();
  }
}
