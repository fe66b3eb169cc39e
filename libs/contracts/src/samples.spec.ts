import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as contracts from './index.js';

/**
 * `samples/` has, for every subject, what a reader may meet on it: JSON by the name of what it shows. A sample is neither removed nor
 * changed while such a message may still be stored somewhere; for what is added later there is one more sample.
 */
const SAMPLES = new URL('../samples/', import.meta.url);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Decode = (value: unknown) => unknown;

const { describeDestinations, signingKey, storeMedia, discardMedia, listMedia, deleteMedia } = contracts;
const { channelAnnounced, channelsWanted, listChannels, explainWaiting, surveyLanes } = contracts;
const { createReply, findNotification, listNotifications } = contracts;
const { messageAccepted, messageReceived, messageStatusChanged, submissionReported, inboundReceived, submitTask } =
  contracts;
const { listCallbacks, readCallback, replayCallback, replayCallbacks, listEndpoints, resumeEndpoint } = contracts;
const { endpointPaused, endpointResumed } = contracts;

const messages = {
  'event.message.accepted.v1': messageAccepted,
  'event.message.received.v1': messageReceived,
  'event.message.status.v1': messageStatusChanged,
  'event.endpoint.paused.v1': endpointPaused,
  'event.endpoint.resumed.v1': endpointResumed,
  'event.submission.reported.v1': submissionReported,
  'event.inbound.received.v1': inboundReceived,
  'task.submit.v1': submitTask,
};
const signals = {
  'signal.channel.announced.v1': channelAnnounced,
  'signal.channels.wanted.v1': channelsWanted,
};
const ofMedia = [storeMedia, discardMedia, listMedia, deleteMedia];
const requests = [
  ...[listChannels, describeDestinations, signingKey, ...ofMedia, explainWaiting, surveyLanes],
  ...[createReply, findNotification, listNotifications],
  ...[listCallbacks, readCallback, replayCallback, replayCallbacks, listEndpoints, resumeEndpoint],
];
const requestBySubject = new Map<string, (typeof requests)[number]>(requests.map((each) => [each.subject, each]));

/** What a writer may leave out, because it was added later. Everything else that a sample has is required. */
const OPTIONAL = [
  'event.message.accepted.v1 data.statusCallbackOn',
  'event.message.accepted.v1 data.maxPriceMicros',
  'event.message.accepted.v1 data.validityPeriodS',
  'event.message.accepted.v1 data.mayFallBackToSms',
  'event.message.accepted.v1 data.shortLink',
  'event.message.accepted.v1 data.failsWith',
  'event.message.accepted.v1 data.isFree',
  'event.inbound.received.v1 data.media',
  'event.inbound.received.v1 data.numSegments',
  'event.inbound.received.v1 data.encoding',
  'event.inbound.received.v1 data.part',
  'event.message.received.v1 data.missingSegments',
  'event.message.status.v1 data.statusCallbackOn',
  'event.message.status.v1 data.rateDeckVersion',
  'request.media.store.v1 imageLimits',
  'request.media.store.v1 origin',
];

const files = readdirSync(SAMPLES).map((name) => name.replace('.json', ''));
const samples = files.flatMap((file) =>
  Object.entries(samplesIn(file)).map(([name, value]) => ({ file, name, value, decode: decoderOf(file, name) })),
);
const sampleOf = (file: string, name: string) => samples.find((each) => each.file === file && each.name === name)!;

describe('every sample', () => {
  it.each(samples)('$file: $name comes out as it went in', ({ name, value, decode }) => {
    if (name.includes('before')) expect(decode(value)).toMatchObject(value as object);
    else expect(decode(value)).toEqual(value);
  });

  it.each(samples)('$file: $name is refused without a required field', ({ file, value, decode }) => {
    for (const path of pathsIn(value)) {
      const decoded = () => decode(changed(value, path, undefined));
      if (OPTIONAL.includes(`${file} ${path.join('.')}`)) expect(decoded).not.toThrow();
      else expect({ path, isRefused: isRefused(decoded) }).toEqual({ path, isRefused: true });
    }
  });

  it.each(samples)('$file: $name is refused with a field of another type', ({ value, decode }) => {
    for (const path of pathsIn(value)) {
      const current = path.reduce<Json>((part, key) => (part as Record<string, Json>)[key], value);
      const other = typeof current === 'object' && current !== null ? 'text' : {};
      expect({ path, isRefused: isRefused(() => decode(changed(value, path, other))) }).toEqual({
        path,
        isRefused: true,
      });
    }
  });

  it.each(samples)('$file: $name may have fields that this reader does not know', ({ value, decode }) => {
    const parents = [[], ...pathsIn(value).filter((path) => isObject(path.reduce(childOf, value)))];
    for (const path of parents) {
      expect(decode(changed(value, [...path, 'addedLater'], 1))).toEqual(decode(value));
    }
  });
});

describe('a message', () => {
  it.each(samples.filter(({ file }) => file in messages))('$file: $name is composed as it is read', (sample) => {
    const { data, type, ...fields } = sample.decode(sample.value) as contracts.Envelope<string, never>;
    const definition = messages[sample.file as keyof typeof messages];
    const composed =
      definition === messageStatusChanged
        ? messageStatusChanged.compose(fields, data)
        : (definition as typeof submitTask).compose('any.subject', fields, data);
    expect(composed.id).toBe(fields.id);
    expect(JSON.parse(composed.payload)).toMatchObject({ ...(sample.value as object), type });
  });
});

describe('a signal', () => {
  it.each(samples.filter(({ file }) => file in signals))('$file: $name is composed as it is read', (sample) => {
    const definition = signals[sample.file as keyof typeof signals] as contracts.SignalDefinition<unknown>;
    const { subject, payload } = definition.compose('any.subject', definition.decode(sample.value));
    expect([subject, JSON.parse(payload)]).toEqual(['any.subject', sample.value]);
  });
});

describe('what a subject does not take', () => {
  it.each<[file: string, name: string, path: string, value: Json]>([
    ['event.message.accepted.v1', 'sms', 'type', 'message.accepted.v2'],
    ['event.message.accepted.v1', 'sms', 'accountSid', 'AC0123'],
    ['event.message.accepted.v1', 'sms', 'occurredAt', '24 Nov 2026'],
    ['event.message.accepted.v1', 'sms', 'data.messageSid', 'ME00000000000000000000000000000003'],
    ['event.message.accepted.v1', 'sms', 'data.to', ''],
    ['event.message.accepted.v1', 'sms', 'data.senderType', 'toll-free'],
    ['event.message.accepted.v1', 'sms', 'data.acceptedSequence', 0],
    ['event.message.accepted.v1', 'sms', 'data.maxPriceMicros', 0],
    ['event.message.accepted.v1', 'sms', 'data.maxPriceMicros', 0.5],
    ['event.message.accepted.v1', 'sms', 'data.validityPeriodS', 0],
    ['event.message.accepted.v1', 'sms', 'data.validityPeriodS', 36_001],
    ['event.message.accepted.v1', 'sms', 'data.statusCallbackOn', ['queued']],
    ['event.message.accepted.v1', 'mms', 'data.shortLink', 'Ab3dE9x'],
    ['event.message.status.v1', 'sent', 'data.status', 'queued'],
    ['event.message.status.v1', 'sent', 'data.sequence', 0],
    ['event.message.status.v1', 'sent', 'data.numSegments', 0],
    ['event.message.status.v1', 'sent', 'data.priceMicros', -1],
    ['event.message.status.v1', 'sent', 'data.priceUnit', 'dollars'],
    ['event.message.status.v1', 'sent', 'data.rateDeckVersion', 0],
    ['event.submission.reported.v1', 'throttled', 'data.outcome.retryAfterMs', -1],
    ['event.submission.reported.v1', 'taken', 'data.outcome.kind', 'lost'],
    ['event.inbound.received.v1', 'reply of a handset', 'accountSid', 'AC0123456789abcdef0123456789abcdef'],
    ['event.inbound.received.v1', 'reply of a handset', 'data.inboundId', 'i'.repeat(65)],
    ['event.inbound.received.v1', 'reply of a handset', 'data.numSegments', 0],
    ['event.inbound.received.v1', 'picture of a handset', 'data.media.0.url', 'here'],
    ['event.message.received.v1', 'text', 'data.numSegments', 0],
    ['event.message.received.v1', 'text', 'data.webhook.method', 'PUT'],
    ['event.message.received.v1', 'text', 'data.webhook.url', ''],
    ['event.message.received.v1', 'picture', 'data.media.0.url', 'here'],
    ['request.reply.create.v1', 'request', 'replyIndex', -1],
    ['request.notifications.list.v1', 'request', 'limit', 1_002],
    ['request.notifications.list.v1', 'request: filtered', 'beyond', 'last'],
    ['request.notifications.list.v1', 'reply', 'notifications.0.log', 2],
    ['request.notification.find.v1', 'request', 'sid', 'SM00000000000000000000000000000001'],
    ['request.reply.create.v1', 'reply: created', 'kind', 'sent'],
    ['task.submit.v1', 'sms', 'data.kind', 'rcs'],
    ['task.submit.v1', 'sms', 'data.encoding', 'latin1'],
    ['task.submit.v1', 'sms', 'data.attempt', 0],
    ['signal.channel.announced.v1', 'ready', 'channel', 'Simulator'],
    ['signal.channel.announced.v1', 'ready', 'channel', 'a.b'],
    ['signal.channel.announced.v1', 'ready', 'channel', 'c'.repeat(33)],
    ['signal.channel.announced.v1', 'ready', 'instance', ''],
    ['signal.channel.announced.v1', 'ready', 'kinds', []],
    ['signal.channel.announced.v1', 'ready', 'kinds', ['fax']],
    ['signal.channel.announced.v1', 'link down', 'reason', 'r'.repeat(501)],
    ['signal.channel.announced.v1', 'ready', 'maxPerSecond', 0],
    ['signal.channel.announced.v1', 'ready', 'maxInFlight', 0.5],
    // PostgreSQL counts up to it.
    ['signal.channel.announced.v1', 'ready', 'maxInFlight', 3_000_000_000],
    ['request.channels.list.v1', 'reply', 'channels.0.name', ''],
    ['request.channels.list.v1', 'reply', 'channels.1.maxPerSecond', 0],
    ['request.destinations.describe.v1', 'request', 'numbers', []],
    ['request.destinations.describe.v1', 'request', 'numbers', Array<string>(501).fill('+15558675309')],
    ['request.destinations.describe.v1', 'reply', 'destinations.0.carrier.country', 'USA'],
    ['request.destinations.describe.v1', 'reply', 'destinations.1.carrier.imageLimits.maxBytes', 0],
    ['request.media.store.v1', 'request', 'urls', []],
    ['request.media.store.v1', 'request', 'urls', Array<string>(11).fill('https://demo.example/owl.png')],
    ['request.media.store.v1', 'reply: stored', 'kind', 'kept'],
    ['request.media.store.v1', 'reply: stored', 'media.0.byteSize', -1],
    ['request.media.discard.v1', 'reply', 'discarded', -1],
    ['request.media.delete.v1', 'request', 'mediaSid', 'MM00000000000000000000000000000002'],
    ['request.message.explain-waiting.v1', 'reply: waiting for its turn', 'reason', 'scheduled'],
    ['request.message.explain-waiting.v1', 'reply: waiting for its turn', 'position', -1],
    ['request.message.explain-waiting.v1', 'reply: waiting for its turn', 'estimatedSendAt', 'soon'],
    ['request.message.explain-waiting.v1', 'reply: not waiting', 'status', 'queued'],
    ['request.lanes.survey.v1', 'reply', 'groups.0.lanes', 0],
    ['request.callbacks.list.v1', 'reply', 'callbacks.0.state', 'lost'],
    ['request.callbacks.list.v1', 'reply', 'callbacks.0.sequence', 0],
    ['request.callback.read.v1', 'request', 'callbackSid', 'SM00000000000000000000000000000001'],
    ['request.callbacks.replay.v1', 'request', 'state', 'pending'],
    ['request.endpoints.list.v1', 'reply', 'endpoints.0.host', ''],
    ['event.endpoint.resumed.v1', 'by a success', 'data.cause', 'luck'],
    ['request.account.signing-key.v1', 'request', 'accountSid', 'SM00000000000000000000000000000001'],
  ])('%s: %s with a bad %s', (file, name, path, value) => {
    const sample = sampleOf(file, name);
    expect(() => sample.decode(changed(sample.value, path.split('.'), value))).toThrow(path.split('.').at(-1));
  });
});

describe('the samples', () => {
  it('cover every event, task, signal and request', () => {
    const sampled = new Set<unknown>([...Object.values(messages), ...Object.values(signals), ...requests]);
    const defined = Object.entries(contracts).filter(
      ([, value]) => isObject(value) && ('compose' in value || 'request' in value),
    );
    expect(defined.filter(([, value]) => !sampled.has(value)).map(([name]) => name)).toEqual([]);
    expect(files.sort()).toEqual(
      [...Object.keys(messages), ...Object.keys(signals), ...requestBySubject.keys()].sort(),
    );
    const statuses = Object.keys(samplesIn('event.message.status.v1'));
    expect(statuses).toEqual(expect.arrayContaining(contracts.announcedStatus.options));
  });
});

function samplesIn(file: string): Record<string, Json> {
  return JSON.parse(readFileSync(new URL(`${file}.json`, SAMPLES), 'utf8')) as Record<string, Json>;
}

function decoderOf(file: string, name: string): Decode {
  if (file in messages) return messages[file as keyof typeof messages].decode;
  if (file in signals) return signals[file as keyof typeof signals].decode;
  const request = requestBySubject.get(file);
  if (request === undefined) return () => expect(file).toBe('the subject of a request');
  const schema = name.startsWith('request') ? request.request : request.reply;
  return (value) => schema.parse(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const childOf = (part: Json, key: string): Json => (part as Record<string, Json>)[key];

/** The path of every field at any depth; the elements of lists are gone into, but are no fields themselves. */
function pathsIn(value: Json): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => [
    ...(Array.isArray(value) ? [] : [[key]]),
    ...pathsIn(child).map((path) => [key, ...path]),
  ]);
}

/** A copy with another value at the path; undefined removes the field. */
function changed(value: Json, [key, ...rest]: string[], replacement: Json | undefined): Json {
  const copy = structuredClone(value) as Record<string, Json>;
  if (rest.length > 0) copy[key] = changed(copy[key], rest, replacement);
  else if (replacement === undefined) delete copy[key];
  else copy[key] = replacement;
  return copy;
}

function isRefused(decode: () => unknown): boolean {
  try {
    decode();
    return false;
  } catch {
    return true;
  }
}
