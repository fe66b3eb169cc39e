import type { Callback } from '@heliograph/contracts';
import type { AccountSid, CallbackSid } from '@heliograph/domain';
import {
  callbackResource,
  type CallbackResource,
  errorEnvelope,
  formatRfc2822,
  messageCallbacksPath,
  type PageEnvelope,
  parseCallbackReplay,
} from '@heliograph/twilio';
import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, fieldsOf, notFound, queryOf, sidOf } from '../requests/account-request.js';
import { envelopeOf } from '../requests/read-list-page.js';
import { CallbackLog } from './callback-log.js';
import { ListCallbacks } from './list-callbacks.js';

type CallbackList = PageEnvelope & { readonly callbacks: readonly CallbackResource[] };

/** What a replay over a range of time is answered with. */
interface CallbackReplayResource {
  readonly account_sid: string;
  readonly date_from: string;
  readonly date_to: string;
  readonly status: string;
  readonly count: number;
  readonly has_more: boolean;
}

/** The Callback resource, which Twilio does not have: what customers were told of their messages, and replays of it. */
@Controller('2010-04-01/Accounts/:accountSid')
export class CallbacksController {
  constructor(
    private readonly listCallbacks: ListCallbacks,
    private readonly log: CallbackLog,
  ) {}

  @Get('Messages/:messageSid/Callbacks.json')
  async list(@Req() request: FastifyRequest): Promise<CallbackList> {
    const accountSid = accountOf(request).sid;
    const messageSid = sidOf(request, 'messageSid', 'SM', 'MM');
    const listing = await this.listCallbacks.list(accountSid, messageSid, queryOf(request));
    if (listing.kind === 'refused') throw new RequestRefused(listing.error);
    if (listing.kind === 'no-message') throw notFound(request);
    const envelope = envelopeOf(messageCallbacksPath(accountSid, messageSid), listing);
    return { ...envelope, callbacks: listing.rows.map((callback) => resourceOf(accountSid, callback)) };
  }

  @Get('Callbacks/:callbackSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<CallbackResource> {
    const accountSid = accountOf(request).sid;
    const callback = await this.log.read(accountSid, callbackSidOf(request));
    if (callback === null) throw notFound(request);
    return resourceOf(accountSid, callback);
  }

  @Post('Callbacks/:callbackSid/Replay.json')
  @HttpCode(202)
  async replay(@Req() request: FastifyRequest): Promise<CallbackResource> {
    const accountSid = accountOf(request).sid;
    const replay = await this.log.replay(accountSid, callbackSidOf(request));
    if (replay.kind === 'unknown') throw notFound(request);
    if (replay.kind === 'held') throw new RequestRefused(errorEnvelope('callbackHeld'));
    return resourceOf(accountSid, replay.callback);
  }

  @Post('CallbackReplays.json')
  @HttpCode(202)
  async replayRange(@Req() request: FastifyRequest): Promise<CallbackReplayResource> {
    const accountSid = accountOf(request).sid;
    const parse = parseCallbackReplay(fieldsOf(request), new Date());
    if (parse.kind === 'refused') throw new RequestRefused(parse.error);
    const { from, to, status } = parse.request;
    const { count, hasMore } = await this.log.replayRange({
      accountSid,
      from: from.toISOString(),
      to: to.toISOString(),
      state: status,
    });
    return {
      account_sid: accountSid,
      date_from: formatRfc2822(from),
      date_to: formatRfc2822(to),
      status,
      count,
      has_more: hasMore,
    };
  }
}

/** SIDs are written in lower case; who asks in upper case means the same. */
const callbackSidOf = (request: FastifyRequest): CallbackSid =>
  `HC${sidOf(request, 'callbackSid', 'HC').slice(2).toLowerCase()}` as CallbackSid;

const resourceOf = (accountSid: AccountSid, callback: Callback): CallbackResource =>
  callbackResource({ ...callback, accountSid });
