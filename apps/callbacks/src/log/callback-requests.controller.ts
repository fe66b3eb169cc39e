import {
  listCallbacks,
  type ListCallbacksReply,
  readCallback,
  type ReadCallbackReply,
  replayCallback,
  type ReplayCallbackReply,
  replayCallbacks,
  type ReplayCallbacksReply,
} from '@heliograph/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { DeliveryLoop } from '../deliveries/delivery-loop.js';
import { CallbackLogRepository } from './callback-log.repository.js';
import { ReplaysRepository } from './replays.repository.js';

/** How many one request for a range brings back: some seconds of work for one host. */
const MOST_REPLAYED = 10_000;

/** Answers what `api` asks about callbacks for a customer. A request that breaks the contract is an error. */
@Controller()
export class CallbackRequestsController {
  constructor(
    private readonly log: CallbackLogRepository,
    private readonly replays: ReplaysRepository,
    private readonly deliveryLoop: DeliveryLoop,
  ) {}

  @MessagePattern(listCallbacks.subject, Transport.NATS)
  async list(@Payload() payload: unknown): Promise<ListCallbacksReply> {
    const { accountSid, messageSid } = listCallbacks.request.parse(payload);
    return { callbacks: await this.log.list(accountSid, messageSid) };
  }

  @MessagePattern(readCallback.subject, Transport.NATS)
  async read(@Payload() payload: unknown): Promise<ReadCallbackReply> {
    const { accountSid, callbackSid } = readCallback.request.parse(payload);
    const callback = await this.log.read(accountSid, callbackSid);
    return callback === null ? { kind: 'unknown' } : { kind: 'found', callback };
  }

  @MessagePattern(replayCallback.subject, Transport.NATS)
  async replay(@Payload() payload: unknown): Promise<ReplayCallbackReply> {
    const { accountSid, callbackSid } = replayCallback.request.parse(payload);
    const kind = await this.replays.replay(accountSid, callbackSid);
    if (kind !== 'replaying') return { kind };
    // Read before the attempt starts: what is answered is that it will be made.
    const callback = await this.log.read(accountSid, callbackSid);
    this.deliveryLoop.wake();
    return callback === null ? { kind: 'unknown' } : { kind, callback };
  }

  @MessagePattern(replayCallbacks.subject, Transport.NATS)
  async replayRange(@Payload() payload: unknown): Promise<ReplayCallbacksReply> {
    const { accountSid, ...range } = replayCallbacks.request.parse(payload);
    const replayed = await this.replays.replayRange(accountSid, range, MOST_REPLAYED);
    if (replayed.count > 0) this.deliveryLoop.wake();
    return replayed;
  }
}
