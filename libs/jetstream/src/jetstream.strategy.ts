import { Logger } from '@nestjs/common';
import { type CustomTransportStrategy, EventPattern, Server } from '@nestjs/microservices';
import type { ConsumerDefinition } from '@heliograph/contracts';
import { isObservable, lastValueFrom } from 'rxjs';
import { BatchConsumer, type BatchConsumerOptions } from './batch-consumer.js';
import type { JetStreamConnection } from './connection.js';
import { ExclusiveReader, type Turns } from './exclusive-reader.js';
import type { Outcome } from './outcome.js';

const JETSTREAM = Symbol('jetstream');

/** What a batch handler's decorator leaves for the strategy. */
interface HandlerExtras {
  readonly consumer: ConsumerDefinition;
  readonly decode: (value: unknown) => unknown;
}

/** A handler's failure as a value: Nest's exception filter would replace the error by one that says nothing. */
class HandlerFailure {
  constructor(readonly error: unknown) {}
}

/** What reads a durable consumer. */
interface Reader {
  start(): Promise<void>;
  stop(): Promise<void>;
}

type BatchMethod = (...args: never[]) => Promise<readonly Outcome[] | void>;

/**
 * Marks a controller's method as the handler of a durable consumer. The method gets the decoded messages of a batch and returns one
 * outcome for each, or nothing where all are done; when it throws, the messages are given out again.
 */
export function ReadsBatches<Message>(
  consumer: ConsumerDefinition,
  definition: { decode(value: unknown): Message },
): <Method extends (batch: Message[]) => Promise<readonly Outcome[] | void>>(
  target: object,
  key: string,
  descriptor: TypedPropertyDescriptor<Method>,
) => void {
  return (target, key, descriptor) => {
    const method = descriptor.value as unknown as BatchMethod;
    const guarded = async function (this: unknown, ...args: never[]) {
      return await method.apply(this, args).catch((error: unknown) => new HandlerFailure(error));
    };
    descriptor.value = guarded as never;
    const extras: HandlerExtras = { consumer, decode: (value) => definition.decode(value) };
    const pattern = `${consumer.stream.name}/${consumer.durable}`;
    (EventPattern(pattern, JETSTREAM as never, extras) as MethodDecorator)(target, key, descriptor);
  };
}

/** NestJS transport over JetStream: every `@ReadsBatches` method becomes a durable, batched consumer. */
export class JetStreamStrategy extends Server implements CustomTransportStrategy {
  override readonly transportId = JETSTREAM;
  override readonly propagatesEventHandlerErrors = true;
  private readonly log = new Logger('JetStreamStrategy');
  private readers: Reader[] = [];
  private isClosing = false;

  /**
   * @param isOutage whether an error says that something a handler needs is away, so that its messages are never given up
   * @param turns decides which replica reads an exclusive consumer
   */
  constructor(
    private readonly connection: JetStreamConnection,
    private readonly isOutage: (error: unknown) => boolean,
    private readonly turns?: Turns,
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    this.readers = [...this.messageHandlers.values()].map((handler) => {
      const { consumer, decode } = handler.extras as unknown as HandlerExtras;
      const handle = async (batch: unknown[]) => {
        const answer = await handler(batch);
        const result: unknown = isObservable(answer)
          ? await lastValueFrom(answer, { defaultValue: undefined })
          : answer;
        if (result instanceof HandlerFailure) throw result.error;
        return result as readonly Outcome[] | void;
      };
      return this.readerOf(consumer, { decode, handle, isOutage: this.isOutage });
    });
    Promise.all(this.readers.map((reader) => this.startPatiently(reader))).then(() => callback(), callback);
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.all(this.readers.map((reader) => reader.stop()));
  }

  on(): void {
    throw new Error('The JetStream transport has no events of its own');
  }

  unwrap<T>(): T {
    return this.connection as unknown as T;
  }

  private readerOf(definition: ConsumerDefinition, options: BatchConsumerOptions): Reader {
    const makeConsumer = () => new BatchConsumer(this.connection, definition, options);
    if (!definition.isExclusive) return makeConsumer();
    if (!this.turns)
      throw new Error(`${definition.durable} reads ${definition.stream.name} exclusively, and nobody gives turns`);
    return new ExclusiveReader(this.turns, this.connection, definition, makeConsumer);
  }

  /** NATS may come up after its services, or be away while one restarts. */
  private async startPatiently(reader: Reader): Promise<void> {
    while (!this.isClosing) {
      try {
        return await reader.start();
      } catch (error) {
        this.log.warn({ event: 'consumer.not-started', error: error instanceof Error ? error.message : String(error) });
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
  }
}
