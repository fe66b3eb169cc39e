import {
  incomingPhoneNumberResource,
  type IncomingPhoneNumberResource,
  incomingPhoneNumbersPath,
  type PageEnvelope,
} from '@heliograph/twilio';
import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, fieldsOf, notFound, queryOf, sidOf } from '../requests/account-request.js';
import { envelopeOf } from '../requests/read-list-page.js';
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
    const envelope = envelopeOf(incomingPhoneNumbersPath(sid), listing);
    return { ...envelope, incoming_phone_numbers: listing.rows.map(incomingPhoneNumberResource) };
  }

  @Get('IncomingPhoneNumbers/:numberSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<IncomingPhoneNumberResource> {
    const number = await this.numbers.find(accountOf(request).sid, numberSidOf(request));
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

const numberSidOf = (request: FastifyRequest) => sidOf(request, 'numberSid', 'PN');
