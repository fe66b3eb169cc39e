import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { ConsumerDefinition, StreamDefinition } from '@heliograph/contracts';

const STREAM_EXISTS_WITH_OTHER_CONFIG = 10058;
const CONSUMER_EXISTS = [10105, 10148];
/** For this long JetStream drops a message whose id it has seen; no longer than messages are kept. */
const DUPLICATE_WINDOW_MS = 120_000;

/** Creates the stream, or brings it to its definition. Safe to call from every service at once. */
export async function ensureStream(streams: JetStreamManager, definition: StreamDefinition): Promise<StreamInfo> {
  const config = streamConfig(definition);
  try {
    return await streams.streams.add(config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== STREAM_EXISTS_WITH_OTHER_CONFIG) throw error;
    return await streams.streams.update(definition.name, config);
  }
}

/**
 * Creates the durable consumer, and its stream before it, or brings them to their definitions.
 * @returns the stream's epoch: which life of the stream the consumer reads
 */
export async function ensureConsumer(streams: JetStreamManager, definition: ConsumerDefinition): Promise<string> {
  const stream = await ensureStream(streams, definition.stream);
  const config = {
    durable_name: definition.durable,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(definition.ackWaitMs),
    deliver_policy: DeliverPolicy.All,
    max_deliver: -1,
    max_ack_pending: definition.batchSize * (definition.concurrency + 2),
  };
  try {
    await streams.consumers.add(definition.stream.name, config);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || !CONSUMER_EXISTS.includes(error.code)) throw error;
    await streams.consumers.update(definition.stream.name, definition.durable, config);
  }
  return String(stream.created);
}

function streamConfig(definition: StreamDefinition): Partial<StreamConfig> & { name: string } {
  return {
    name: definition.name,
    subjects: [...definition.subjects],
    retention: definition.retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    discard: definition.discard === 'new' ? DiscardPolicy.New : DiscardPolicy.Old,
    max_age: nanos(definition.maxAgeMs),
    storage: StorageType.File,
    // A purge moves the readers' floors behind it, and would pass for everything having been read.
    deny_purge: definition.requiredReaders.length > 0,
    duplicate_window: nanos(Math.min(DUPLICATE_WINDOW_MS, definition.maxAgeMs)),
  };
}
