import {
  type Callback,
  describeDestinations,
  type DescribeDestinationsReply,
  type DescribeDestinationsRequest,
  discardMedia,
  type DiscardMediaReply,
  type DiscardMediaRequest,
  deleteMedia,
  type DeleteMediaReply,
  type DeleteMediaRequest,
  type Endpoint,
  explainWaiting,
  type ExplainWaitingReply,
  type ExplainWaitingRequest,
  listCallbacks,
  type ListCallbacksReply,
  type ListCallbacksRequest,
  type ListedMedia,
  listEndpoints,
  type ListEndpointsReply,
  type ListEndpointsRequest,
  listMedia,
  type ListMediaReply,
  type ListMediaRequest,
  readCallback,
  type ReadCallbackReply,
  type ReadCallbackRequest,
  replayCallback,
  type ReplayCallbackReply,
  replayCallbacks,
  type ReplayCallbacksReply,
  type ReplayCallbacksRequest,
  resumeEndpoint,
  type ResumeEndpointReply,
  type ResumeEndpointRequest,
  storeMedia,
  type StoreMediaReply,
  type StoreMediaRequest,
} from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';
import { parseNatsUrl } from '@heliograph/jetstream';
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Transport } from '@nestjs/microservices';
import { randomBytes } from 'node:crypto';

/** What the double of `media` does is said by the URL. */
export const REFUSED_URL = 'https://example.com/refused.png';
export const SILENT_URL = 'https://example.com/silent.png';
export const CROWDED_URL = 'https://example.com/crowded.png';
export const SHORT_LINK = 'http://media.test/AbCdEf1';

/** Stands in for the `media` service, which is another process; NATS between them is real. */
@Controller()
export class MediaDouble {
  readonly asked: StoreMediaRequest[] = [];
  readonly discarded: string[] = [];
  /** By message. */
  readonly kept = new Map<string, ListedMedia[]>();
  /** What the addresses of the bytes begin with. */
  contentUrl = 'http://media.test';

  @MessagePattern(storeMedia.subject)
  async store(request: StoreMediaRequest): Promise<StoreMediaReply> {
    this.asked.push(request);
    const { urls } = request;
    if (urls.includes(SILENT_URL)) await new Promise((resolve) => setTimeout(resolve, 3_000));
    if (urls.includes(REFUSED_URL)) return { kind: 'refused', errorCode: 12300, reason: 'refused.png is text/plain' };
    if (urls.includes(CROWDED_URL)) return { kind: 'unavailable', reason: 'too many media are held in memory' };
    const media = urls.map(() => {
      const sid = makeSid('ME', randomBytes(16));
      return { sid, contentType: 'image/png', byteSize: 10, url: `${this.contentUrl}/${sid}` };
    });
    const createdAt = new Date().toISOString();
    const kept = media.map((one) => ({ ...one, createdAt }));
    this.kept.set(request.messageSid, kept);
    return { kind: 'stored', media, shortLink: SHORT_LINK };
  }

  @MessagePattern(discardMedia.subject)
  discard({ messageSid }: DiscardMediaRequest): DiscardMediaReply {
    this.discarded.push(messageSid);
    return { discarded: 1 };
  }

  @MessagePattern(listMedia.subject)
  list({ messageSid }: ListMediaRequest): ListMediaReply {
    return { media: this.kept.get(messageSid) ?? [] };
  }

  @MessagePattern(deleteMedia.subject)
  delete({ messageSid, mediaSid }: DeleteMediaRequest): DeleteMediaReply {
    const kept = this.kept.get(messageSid) ?? [];
    const left = kept.filter(({ sid }) => sid !== mediaSid);
    this.kept.set(messageSid, left);
    return { isDeleted: left.length < kept.length };
  }
}

/** Destinations of the double of `dispatcher`; there is a price for all but the unpriced one, and MMS but where it says otherwise. */
export const UNPRICED = '+85012345678';
export const WITHOUT_MMS = '+15005552011';
export const SMALL_PICTURES = '+15005552012';
export const IMAGE_LIMITS = { maxBytes: 100_000, maxWidthPx: 640, maxHeightPx: 480 };

/** Stands in for the `dispatcher` service. */
@Controller()
export class DispatcherDouble {
  readonly asked: string[] = [];
  /** What it is asked about waiting messages, and what it says of each. */
  readonly askedToExplain: ExplainWaitingRequest[] = [];
  explain: () => ExplainWaitingReply | Promise<ExplainWaitingReply> = () => ({ kind: 'unknown' });

  @MessagePattern(explainWaiting.subject)
  async explainWaiting(request: ExplainWaitingRequest): Promise<ExplainWaitingReply> {
    this.askedToExplain.push(request);
    return await this.explain();
  }

  @MessagePattern(describeDestinations.subject)
  describe({ numbers }: DescribeDestinationsRequest): DescribeDestinationsReply {
    this.asked.push(...numbers);
    const senders = ['long-code', 'short-code', 'alphanumeric'] as const;
    const destinations = numbers.map((number) => ({
      number,
      prefix: number,
      carrier: {
        name: 'Example Wireless',
        country: 'US',
        hasMms: number !== WITHOUT_MMS,
        imageLimits: number === SMALL_PICTURES || number === WITHOUT_MMS ? IMAGE_LIMITS : null,
      },
      pricedSenders: number === UNPRICED ? { sms: [], mms: [] } : { sms: [...senders], mms: [...senders] },
    }));
    return { destinations };
  }
}

/** Stands in for the `callbacks` service. */
@Controller()
export class CallbacksDouble {
  /** By account. */
  private readonly kept = new Map<string, Callback[]>();
  readonly endpoints = new Map<string, Endpoint[]>();
  readonly ranges: ReplayCallbacksRequest[] = [];

  keep(accountSid: string, callback: Callback): void {
    this.kept.set(accountSid, [...(this.kept.get(accountSid) ?? []), callback]);
  }

  reset(): void {
    this.kept.clear();
    this.endpoints.clear();
    this.ranges.length = 0;
  }

  @MessagePattern(listCallbacks.subject)
  list({ accountSid, messageSid }: ListCallbacksRequest): ListCallbacksReply {
    const callbacks = this.kept.get(accountSid) ?? [];
    return { callbacks: callbacks.filter((callback) => callback.messageSid === messageSid) };
  }

  @MessagePattern(readCallback.subject)
  read({ accountSid, callbackSid }: ReadCallbackRequest): ReadCallbackReply {
    const callback = this.kept.get(accountSid)?.find(({ sid }) => sid === callbackSid);
    return callback === undefined ? { kind: 'unknown' } : { kind: 'found', callback };
  }

  @MessagePattern(replayCallback.subject)
  replay(request: ReadCallbackRequest): ReplayCallbackReply {
    const reading = this.read(request);
    if (reading.kind === 'unknown') return reading;
    if (reading.callback.state === 'held') return { kind: 'held' };
    return { kind: 'replaying', callback: { ...reading.callback, state: 'replaying' } };
  }

  @MessagePattern(replayCallbacks.subject)
  replayRange(request: ReplayCallbacksRequest): ReplayCallbacksReply {
    this.ranges.push(request);
    return { count: 7, hasMore: false };
  }

  @MessagePattern(listEndpoints.subject)
  listEndpoints({ accountSid }: ListEndpointsRequest): ListEndpointsReply {
    return { endpoints: this.endpoints.get(accountSid) ?? [] };
  }

  @MessagePattern(resumeEndpoint.subject)
  resume({ accountSid, endpointSid }: ResumeEndpointRequest): ResumeEndpointReply {
    const endpoint = this.endpoints.get(accountSid)?.find(({ sid }) => sid === endpointSid);
    if (endpoint === undefined) return { kind: 'unknown' };
    if (endpoint.state !== 'paused') return { kind: 'not-paused', endpoint };
    return { kind: 'resumed', endpoint: { ...endpoint, state: 'resuming' } };
  }
}

@Module({ controllers: [MediaDouble] })
class MediaDoubleModule {}
@Module({ controllers: [DispatcherDouble] })
class DispatcherDoubleModule {}
@Module({ controllers: [CallbacksDouble] })
class CallbacksDoubleModule {}

/** A double that answers on NATS until it is stopped. */
export interface RunningDouble<Double> {
  readonly double: Double;
  stop(): Promise<void>;
}

export const startMediaDouble = (natsUrl: string) => start(MediaDoubleModule, MediaDouble, natsUrl);
export const startCallbacksDouble = (natsUrl: string) => start(CallbacksDoubleModule, CallbacksDouble, natsUrl);
export const startDispatcherDouble = (natsUrl: string) => start(DispatcherDoubleModule, DispatcherDouble, natsUrl);

async function start<Double>(
  module: new () => object,
  double: new () => Double,
  natsUrl: string,
): Promise<RunningDouble<Double>> {
  const options = { transport: Transport.NATS as const, options: parseNatsUrl(natsUrl), logger: false as const };
  const service = await NestFactory.createMicroservice(module, options);
  await service.listen();
  return { double: service.get(double), stop: () => service.close() };
}
