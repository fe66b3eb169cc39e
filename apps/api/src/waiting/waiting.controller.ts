import { errorEnvelope, waitingResource, type WaitingResource } from '@heliograph/twilio';
import { Controller, Get, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, notFound, sidOf } from '../requests/account-request.js';
import { ReadsUnderWay } from '../requests/reads-under-way.js';
import { ReadWaiting } from './read-waiting.js';

/** Each may have the dispatcher count thousands of messages. */
const MOST_READS_PER_ACCOUNT = 4;

/** Why a message has not been sent yet: our own addition to Twilio's Message resource (docs/api-extensions.md). */
@Controller('2010-04-01/Accounts/:accountSid/Messages/:messageSid')
export class WaitingController {
  private readonly readsUnderWay = new ReadsUnderWay(MOST_READS_PER_ACCOUNT);

  constructor(private readonly readWaiting: ReadWaiting) {}

  @Get('Waiting.json')
  async fetch(@Req() request: FastifyRequest): Promise<WaitingResource> {
    const { sid: accountSid } = accountOf(request);
    const messageSid = sidOf(request, 'messageSid', 'SM', 'MM');
    if (!this.readsUnderWay.start(accountSid)) throw new RequestRefused(errorEnvelope('tooManyRequests'));
    try {
      const record = await this.readWaiting.read(accountSid, messageSid);
      if (record !== null) return waitingResource(record);
    } finally {
      this.readsUnderWay.end(accountSid);
    }
    throw notFound(request);
  }
}
