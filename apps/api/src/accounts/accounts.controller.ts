import { accountResource, type AccountResource, ACCOUNTS_PATH, type PageEnvelope } from '@heliograph/twilio';
import { Controller, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, fieldsOf, queryOf } from '../requests/account-request.js';
import { envelopeOf } from '../requests/read-list-page.js';
import { ListAccounts } from './list-accounts.js';
import { ReadAccount } from './read-account.js';
import { UpdateAccount } from './update-account.js';

type AccountList = PageEnvelope & { readonly accounts: readonly AccountResource[] };

/** Twilio's Accounts resource. */
@Controller('2010-04-01')
export class AccountsController {
  constructor(
    private readonly listAccounts: ListAccounts,
    private readonly readAccount: ReadAccount,
    private readonly updateAccount: UpdateAccount,
  ) {}

  @Get('Accounts.json')
  async list(@Req() request: FastifyRequest): Promise<AccountList> {
    const listing = await this.listAccounts.list(accountOf(request).sid, queryOf(request));
    if (listing.kind === 'refused') throw new RequestRefused(listing.error);
    return { ...envelopeOf(ACCOUNTS_PATH, listing), accounts: listing.rows.map(accountResource) };
  }

  @Get('Accounts/:accountSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<AccountResource> {
    return accountResource(await this.readAccount.read(accountOf(request).sid));
  }

  @Post('Accounts/:accountSid.json')
  @HttpCode(200)
  async update(@Req() request: FastifyRequest): Promise<AccountResource> {
    const update = await this.updateAccount.update(accountOf(request).sid, fieldsOf(request));
    if (update.kind === 'refused') throw new RequestRefused(update.error);
    return accountResource(update.account);
  }
}
