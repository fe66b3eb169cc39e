import { type AccountSid, isSid, type PhoneNumberSid } from '@heliograph/domain';
import {
  callerIdResource,
  type CallerIdResource,
  callerIdsPath,
  pageEnvelope,
  type PageEnvelope,
  validationResource,
  type ValidationResource,
} from '@heliograph/twilio';
import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, fieldsOf, notFound } from '../requests/account-request.js';
import { queryOf } from '../requests/request-intake.js';
import { type CallerIdPage, ListCallerIds } from './list-caller-ids.js';
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
    return callerIdList(sid, listing);
  }

  @Get('OutgoingCallerIds/:callerIdSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<CallerIdResource> {
    const callerId = await this.verifiedNumbers.find(accountOf(request).sid, sidOf(request));
    if (callerId !== null) return callerIdResource(callerId);
    throw notFound(request);
  }

  @Post('OutgoingCallerIds/:callerIdSid.json')
  @HttpCode(200)
  async update(@Req() request: FastifyRequest): Promise<CallerIdResource> {
    const renaming = await this.renameCallerId.rename(accountOf(request).sid, sidOf(request), fieldsOf(request));
    if (renaming.kind === 'refused') throw new RequestRefused(renaming.error);
    if (renaming.kind === 'renamed') return callerIdResource(renaming.callerId);
    throw notFound(request);
  }

  @Delete('OutgoingCallerIds/:callerIdSid.json')
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest): Promise<void> {
    if (!(await this.verifiedNumbers.remove(accountOf(request).sid, sidOf(request)))) throw notFound(request);
  }
}

/** @throws RequestRefused (404) for what cannot be the SID of a caller ID */
function sidOf(request: FastifyRequest): PhoneNumberSid {
  const { callerIdSid } = request.params as { callerIdSid: string };
  if (isSid(callerIdSid, 'PN')) return callerIdSid;
  throw notFound(request);
}

function callerIdList(accountSid: AccountSid, { filters, paging, rows, hasNext }: CallerIdPage): CallerIdList {
  const envelope = pageEnvelope({
    path: `${callerIdsPath(accountSid)}.json`,
    filters: filters.given,
    paging,
    sids: rows.map((callerId) => callerId.sid),
    hasNext,
  });
  return { ...envelope, outgoing_caller_ids: rows.map(callerIdResource) };
}
