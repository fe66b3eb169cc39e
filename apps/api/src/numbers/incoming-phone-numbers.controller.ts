import { isSid } from '@heliograph/domain';
import {
  incomingPhoneNumberResource,
  type IncomingPhoneNumberResource,
  incomingPhoneNumbersPath,
  pageEnvelope,
  type PageEnvelope,
} from '@heliograph/twilio';
import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, fieldsOf, notFound } from '../requests/account-request.js';
import { queryOf } from '../requests/request-intake.js';
import { AcquireNumber } from './acquire-number.js';
import { IncomingPhoneNumbersRepository } from './incoming-phone-numbers.repository.js';
import { ListNumbers } from './list-numbers.js';
import { ReleaseNumber } from './release-number.js';
import { UpdateNumber } from './update-number.js';

type NumberList = PageEnvelope & { readonly incoming_phone_numbers: readonly IncomingPhoneNumberResource[] };

/** Twilio's IncomingPhoneNumbers resource. */
@Controller('2010-04-01/Accounts/:accountSid')
export class IncomingPhoneNumbersController {
  constructor(
    private readonly acquireNumber: AcquireNumber,
    private readonly listNumbers: ListNumbers,
    private readonly numbers: IncomingPhoneNumbersRepository,
    private readonly releaseNumber: ReleaseNumber,
    private readonly updateNumber: UpdateNumber,
  ) {}

  @Post('IncomingPhoneNumbers.json')
  async create(@Req() request: FastifyRequest): Promise<IncomingPhoneNumberResource> {
    const acquisition = await this.acquireNumber.acquire(accountOf(request), fieldsOf(request));
    if (acquisition.kind === 'refused') throw new RequestRefused(acquisition.error);
    return incomingPhoneNumberResource(acquisition.number);
  }

  @Get('IncomingPhoneNumbers.json')
  async list(@Req() request: FastifyRequest): Promise<NumberList> {
    const { sid } = accountOf(request);
    const listing = await this.listNumbers.list(sid, queryOf(request));
    if (listing.kind === 'refused') throw new RequestRefused(listing.error);
    const { filters, paging, rows, hasNext } = listing;
    const envelope = pageEnvelope({
      path: `${incomingPhoneNumbersPath(sid)}.json`,
      filters: filters.given,
      paging,
      sids: rows.map((number) => number.sid),
      hasNext,
    });
    return { ...envelope, incoming_phone_numbers: rows.map(incomingPhoneNumberResource) };
  }

  @Get('IncomingPhoneNumbers/:numberSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<IncomingPhoneNumberResource> {
    const sid = numberSidOf(request);
    const number = isSid(sid, 'PN') ? await this.numbers.find(accountOf(request).sid, sid) : null;
    if (number === null) throw notFound(request);
    return incomingPhoneNumberResource(number);
  }

  @Post('IncomingPhoneNumbers/:numberSid.json')
  @HttpCode(200)
  async update(@Req() request: FastifyRequest): Promise<IncomingPhoneNumberResource> {
    const update = await this.updateNumber.update(accountOf(request).sid, numberSidOf(request), fieldsOf(request));
    if (update.kind === 'refused') throw new RequestRefused(update.error);
    if (update.kind === 'unknown') throw notFound(request);
    return incomingPhoneNumberResource(update.number);
  }

  @Delete('IncomingPhoneNumbers/:numberSid.json')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest): Promise<void> {
    if (!(await this.releaseNumber.release(accountOf(request).sid, numberSidOf(request)))) throw notFound(request);
  }
}

const numberSidOf = (request: FastifyRequest): string => (request.params as { numberSid: string }).numberSid;
