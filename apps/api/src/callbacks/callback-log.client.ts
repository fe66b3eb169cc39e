import {
  type Callback,
  type Endpoint,
  listCallbacks,
  listEndpoints,
  readCallback,
  replayCallback,
  type ReplayCallbackReply,
  replayCallbacks,
  type ReplayCallbacksReply,
  type ReplayCallbacksRequest,
  resumeEndpoint,
  type ResumeEndpointReply,
} from '@heliograph/contracts';
import type { AccountSid, CallbackSid, EndpointSid, MessageSid } from '@heliograph/domain';
import { NatsRequests } from '@heliograph/jetstream';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { Unavailable } from '../errors/unavailable.js';
import { CallbackLog } from './callback-log.js';

const ANSWER_TIMEOUT_MS = 5_000;

/** The `callbacks` service, asked over NATS. */
@Injectable()
export class CallbackLogClient extends CallbackLog {
  constructor(
    private readonly requests: NatsRequests,
    private readonly logger: Logger,
  ) {
    super();
  }

  async list(accountSid: AccountSid, messageSid: MessageSid): Promise<readonly Callback[]> {
    const asking = this.requests.ask(listCallbacks, { accountSid, messageSid }, ANSWER_TIMEOUT_MS);
    return (await this.orUnavailable(asking)).callbacks;
  }

  async read(accountSid: AccountSid, callbackSid: CallbackSid): Promise<Callback | null> {
    const asking = this.requests.ask(readCallback, { accountSid, callbackSid }, ANSWER_TIMEOUT_MS);
    const reply = await this.orUnavailable(asking);
    return reply.kind === 'found' ? reply.callback : null;
  }

  async replay(accountSid: AccountSid, callbackSid: CallbackSid): Promise<ReplayCallbackReply> {
    return await this.orUnavailable(this.requests.ask(replayCallback, { accountSid, callbackSid }, ANSWER_TIMEOUT_MS));
  }

  async replayRange(request: ReplayCallbacksRequest): Promise<ReplayCallbacksReply> {
    return await this.orUnavailable(this.requests.ask(replayCallbacks, request, ANSWER_TIMEOUT_MS));
  }

  async listEndpoints(accountSid: AccountSid): Promise<readonly Endpoint[]> {
    const asking = this.requests.ask(listEndpoints, { accountSid }, ANSWER_TIMEOUT_MS);
    return (await this.orUnavailable(asking)).endpoints;
  }

  async resumeEndpoint(accountSid: AccountSid, endpointSid: EndpointSid): Promise<ResumeEndpointReply> {
    return await this.orUnavailable(this.requests.ask(resumeEndpoint, { accountSid, endpointSid }, ANSWER_TIMEOUT_MS));
  }

  private async orUnavailable<Reply>(asking: Promise<Reply>): Promise<Reply> {
    try {
      return await asking;
    } catch (err) {
      this.logger.warn({ err }, 'callbacks.unavailable');
      throw new Unavailable('The callbacks service does not answer', { cause: err });
    }
  }
}
