import { endpointPaused, endpointResumed } from './endpoint/endpoint-changed.v1.js';
import { channelName } from './fields.js';
import { inboundReceived } from './inbound/inbound-received.v1.js';
import { messageAccepted } from './message/message-accepted.v1.js';
import { messageReceived } from './message/message-received.v1.js';
import { messageStatusChanged } from './message/message-status.v1.js';
import { submissionReported } from './submission/submission-reported.v1.js';
import { submitTask } from './submission/submit-task.v1.js';

const HOUR_MS = 3_600_000;

/** A durable reader of a stream. `batchSize`: the most messages handed to the handler at once. */
export interface ConsumerDefinition {
  readonly stream: StreamDefinition;
  readonly durable: string;
  readonly batchSize: number;
  /** How many batches may be in work at once; 1 keeps the stream's order within one replica. */
  readonly concurrency: number;
  /** One replica reads at a time, so that messages come in the stream's order however many replicas there are. */
  readonly isExclusive?: boolean;
  /** The least time between two batches that are not full: what comes meanwhile shares the next. After a pause a message goes at once. */
  readonly restMs: number;
  /**
   * Without an answer for this long a message is given out again. A living reader asks for more time meanwhile, so this is how long
   * the messages of a dead one wait.
   */
  readonly ackWaitMs: number;
  /**
   * When a replica dies, another does at once what that one had in hand, without waiting for it to be given out again (docs/adr/0016).
   * The same message may then be in two handlers at a time, and it comes once more after the ack wait.
   */
  readonly takesOver?: boolean;
}

/**
 * A JetStream stream. `requiredReaders` are the durables that must have acknowledged a message before its producer may forget it:
 * the outbox row stays until then, so that a lost NATS store costs delay and not messages (docs/adr/0003).
 */
export interface StreamDefinition {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly retention: 'limits' | 'workqueue';
  readonly discard: 'old' | 'new';
  readonly maxAgeMs: number;
  readonly requiredReaders: readonly string[];
}

/** Streams that are alike, of which nobody knows beforehand how many there will be. */
export interface StreamFamily {
  /** The one that takes this subject; null where none of them does. */
  forSubject(subject: string): StreamDefinition | null;
  /** The one of this name; null where it is no name of theirs. */
  named(name: string): StreamDefinition | null;
}

export const messageAcceptedStream: StreamDefinition = {
  name: 'MESSAGE_ACCEPTED',
  subjects: [messageAccepted.anySubject],
  retention: 'limits',
  discard: 'old',
  maxAgeMs: 72 * HOUR_MS,
  requiredReaders: ['dispatcher'],
};

export const messageStatusStream: StreamDefinition = {
  name: 'MESSAGE_STATUS',
  subjects: messageStatusChanged.anySubjects,
  retention: 'limits',
  discard: 'old',
  maxAgeMs: 72 * HOUR_MS,
  requiredReaders: ['api', 'callbacks'],
};

export const submissionReportedStream: StreamDefinition = {
  name: 'SUBMISSION_REPORTED',
  subjects: [submissionReported.anySubject],
  retention: 'limits',
  discard: 'old',
  maxAgeMs: 72 * HOUR_MS,
  requiredReaders: ['dispatcher'],
};

export const inboundReceivedStream: StreamDefinition = {
  name: 'INBOUND_RECEIVED',
  subjects: [inboundReceived.anySubject],
  retention: 'limits',
  discard: 'old',
  maxAgeMs: 72 * HOUR_MS,
  requiredReaders: ['api'],
};

export const messageReceivedStream: StreamDefinition = {
  name: 'MESSAGE_RECEIVED',
  subjects: [messageReceived.anySubject],
  retention: 'limits',
  discard: 'old',
  maxAgeMs: 72 * HOUR_MS,
  requiredReaders: ['callbacks'],
};

/** Nobody of ours reads it: it is for customers' and operators' own subscribers. */
export const endpointStream: StreamDefinition = {
  name: 'ENDPOINT_CHANGED',
  subjects: [endpointPaused.anySubject, endpointResumed.anySubject],
  retention: 'limits',
  discard: 'old',
  maxAgeMs: 72 * HOUR_MS,
  requiredReaders: [],
};

export const deadLetterStream: StreamDefinition = {
  name: 'DEAD_LETTERS',
  subjects: ['dead.>'],
  retention: 'limits',
  discard: 'old',
  maxAgeMs: 30 * 24 * HOUR_MS,
  requiredReaders: [],
};

/** Every stream of events: what outside readers may read. */
export const eventStreams: readonly StreamDefinition[] = [
  messageAcceptedStream,
  messageStatusStream,
  submissionReportedStream,
  inboundReceivedStream,
  messageReceivedStream,
  endpointStream,
];

/** Holds no message. Each process of a service has a consumer on it, which NATS deletes when the process is gone (docs/adr/0016). */
export const presenceStream: StreamDefinition = {
  name: 'PRESENCE',
  subjects: ['presence.>'],
  retention: 'limits',
  discard: 'old',
  maxAgeMs: HOUR_MS,
  requiredReaders: [],
};

/** The work queue of one channel. */
export const submitTaskStream = (channel: string): StreamDefinition => ({
  name: `SUBMIT_${channel.toUpperCase().replaceAll('-', '_')}`,
  subjects: [submitTask.subject(channel)],
  retention: 'workqueue',
  discard: 'new',
  maxAgeMs: 72 * HOUR_MS,
  requiredReaders: [`channel-${channel}`],
});

/** The work queues of all channels. */
export const submitTaskStreams: StreamFamily = {
  forSubject: (subject) => {
    const channel = submitTask.channelOf(subject);
    return channel === null ? null : submitTaskStream(channel);
  },
  named: (name) => {
    const channel = channelName.safeParse(name.slice('SUBMIT_'.length).toLowerCase().replaceAll('_', '-'));
    if (!channel.success) return null;
    const stream = submitTaskStream(channel.data);
    return stream.name === name ? stream : null;
  },
};

const reader = (
  stream: StreamDefinition,
  durable: string,
  overrides: Partial<ConsumerDefinition> = {},
): ConsumerDefinition => ({
  stream,
  durable,
  batchSize: 500,
  concurrency: 1,
  restMs: 10,
  ackWaitMs: 5_000,
  ...overrides,
});

/** Exclusive: within a sender's lane, what was accepted first is queued first. */
export const dispatcherReadsAcceptedMessages = reader(messageAcceptedStream, 'dispatcher', {
  isExclusive: true,
  takesOver: true,
});
export const dispatcherReadsSubmissionReports = reader(submissionReportedStream, 'dispatcher', { takesOver: true });
export const apiReadsMessageStatuses = reader(messageStatusStream, 'api', { takesOver: true });
export const apiReadsInboundMessages = reader(inboundReceivedStream, 'api');
export const callbacksReadsMessageStatuses = reader(messageStatusStream, 'callbacks');
export const callbacksReadsReceivedMessages = reader(messageReceivedStream, 'callbacks');
export const channelReadsSubmitTasks = (channel: string): ConsumerDefinition =>
  reader(submitTaskStream(channel), `channel-${channel}`);
