import {
  callerIdResource,
  type CallerIdResource,
  callerIdsPath,
  type PageEnvelope,
  validationResource,
  type ValidationResource,
} from '@heliograph/twilio';
import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, fieldsOf, notFound, queryOf, sidOf } from '../requests/account-request.js';
import { envelopeOf } from '../requests/read-list-page.js';
import { ListCallerIds } from './list-caller-ids.js';
import { RenameCallerId } from './rename-caller-id.js';
import { RequestVerification } from './request-verification.js';
import { VerifiedNumbersRepository } from './verified-numbers.repository.js';

type CallerIdList = PageEnvelope & { readonly outgoing_caller_ids: readonly CallerIdResource[] };

/** Twilio's OutgoingCallerIds resource. */
@Controller('2010-04-01/Accounts/:accountSid')
export class CallerIdsController {
  constructor(
    private readonly requestVerification: RequestVerification,
    private readonly listCallerIds: ListCallerIds,
    private readonly renameCallerId: RenameCallerId,
    private readonly verifiedNumbers: VerifiedNumbersRepository,
  ) {}

  /** 200, as at Twilio: nothing is created before the phone confirms it. */
  @Post('OutgoingCallerIds.json')
  @HttpCode(200)
  async verify(@Req() request: FastifyRequest): Promise<ValidationResource> {
    const outcome = await this.requestVerification.request(accountOf(request).sid, fieldsOf(request));
    if (outcome.kind === 'refused') throw new RequestRefused(outcome.error);
    return validationResource(outcome.validation);
  }

  @Get('OutgoingCallerIds.json')
  async list(@Req() request: FastifyRequest): Promise<CallerIdList> {
    const { sid } = accountOf(request);
    const listing = await this.listCallerIds.list(sid, queryOf(request));
    if (listing.kind === 'refused') throw new RequestRefused(listing.error);
    return { ...envelopeOf(callerIdsPath(sid), listing), outgoing_caller_ids: listing.rows.map(callerIdResource) };
  }

  @Get('OutgoingCallerIds/:callerIdSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<CallerIdResource> {
    const callerId = await this.verifiedNumbers.find(accountOf(request).sid, callerIdSidOf(request));
    if (callerId !== null) return callerIdResource(callerId);
    throw notFound(request);
  }

  @Post('OutgoingCallerIds/:callerIdSid.json')
  @HttpCode(200)
  async update(@Req() request: FastifyRequest): Promise<CallerIdResource> {
    const renaming = await this.renameCallerId.rename(
      accountOf(request).sid,
      callerIdSidOf(request),
      fieldsOf(request),
    );
    if (renaming.kind === 'refused') throw new RequestRefused(renaming.error);
    if (renaming.kind === 'renamed') return callerIdResource(renaming.callerId);
    throw notFound(request);
  }

  @Delete('OutgoingCallerIds/:callerIdSid.json')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest): Promise<void> {
    if (!(await this.verifiedNumbers.remove(accountOf(request).sid, callerIdSidOf(request)))) throw notFound(request);
  }
}

const callerIdSidOf = (request: FastifyRequest) => sidOf(request, 'callerIdSid', 'PN');
