import type { Endpoint } from '@heliograph/contracts';
import type { AccountSid, EndpointSid } from '@heliograph/domain';
import {
  callbackEndpointResource,
  type CallbackEndpointResource,
  callbackEndpointsPath,
  errorEnvelope,
  type PageEnvelope,
} from '@heliograph/twilio';
import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, notFound, queryOf, sidOf } from '../requests/account-request.js';
import { envelopeOf, readListPage } from '../requests/read-list-page.js';
import { rowsAtHand } from '../requests/rows-at-hand.js';
import { CallbackLog } from './callback-log.js';

type EndpointList = PageEnvelope & { readonly callback_endpoints: readonly CallbackEndpointResource[] };

/** The CallbackEndpoint resource, which Twilio does not have: the customer's hosts that fail, or are paused. */
@Controller('2010-04-01/Accounts/:accountSid')
export class CallbackEndpointsController {
  constructor(private readonly log: CallbackLog) {}

  @Get('CallbackEndpoints.json')
  async list(@Req() request: FastifyRequest): Promise<EndpointList> {
    const accountSid = accountOf(request).sid;
    const endpoints = await this.log.listEndpoints(accountSid);
    const listing = await readListPage(queryOf(request), { prefixes: ['HE'], given: [], ...rowsAtHand(endpoints) });
    if (listing.kind === 'refused') throw new RequestRefused(listing.error);
    const envelope = envelopeOf(callbackEndpointsPath(accountSid), listing);
    return { ...envelope, callback_endpoints: listing.rows.map((endpoint) => resourceOf(accountSid, endpoint)) };
  }

  @Post('CallbackEndpoints/:endpointSid/Resume.json')
  @HttpCode(200)
  async resume(@Req() request: FastifyRequest): Promise<CallbackEndpointResource> {
    const accountSid = accountOf(request).sid;
    const sid = `HE${sidOf(request, 'endpointSid', 'HE').slice(2).toLowerCase()}` as EndpointSid;
    const resumption = await this.log.resumeEndpoint(accountSid, sid);
    if (resumption.kind === 'unknown') throw notFound(request);
    if (resumption.kind === 'not-paused') throw new RequestRefused(errorEnvelope('endpointNotPaused'));
    return resourceOf(accountSid, resumption.endpoint);
  }
}

const resourceOf = (accountSid: AccountSid, endpoint: Endpoint): CallbackEndpointResource =>
  callbackEndpointResource({ ...endpoint, accountSid });
