import { messageResource, type MessageResource, messagesPath, type PageEnvelope } from '@heliograph/twilio';
import { Controller, Get, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, fieldsOf, notFound, queryOf, sidOf } from '../requests/account-request.js';
import { envelopeOf } from '../requests/read-list-page.js';
import { CreateMessage } from './create-message.js';
import { ListMessages } from './list-messages.js';
import { MessagesRepository } from './messages.repository.js';

type MessageList = PageEnvelope & { readonly messages: readonly MessageResource[] };

/** Twilio's Messages resource. */
@Controller('2010-04-01/Accounts/:accountSid')
export class MessagesController {
  constructor(
    private readonly createMessage: CreateMessage,
    private readonly listMessages: ListMessages,
    private readonly messages: MessagesRepository,
  ) {}

  @Post('Messages.json')
  async create(@Req() request: FastifyRequest): Promise<MessageResource> {
    const creation = await this.createMessage.create(accountOf(request), fieldsOf(request), request.id);
    if (creation.kind === 'refused') throw new RequestRefused(creation.error);
    return messageResource(creation.message);
  }

  @Get('Messages.json')
  async list(@Req() request: FastifyRequest): Promise<MessageList> {
    const { sid } = accountOf(request);
    const listing = await this.listMessages.list(sid, queryOf(request));
    if (listing.kind === 'refused') throw new RequestRefused(listing.error);
    return { ...envelopeOf(messagesPath(sid), listing), messages: listing.rows.map(messageResource) };
  }

  @Get('Messages/:messageSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<MessageResource> {
    const message = await this.messages.find(accountOf(request).sid, sidOf(request, 'messageSid', 'SM', 'MM'));
    if (message !== null) return messageResource(message);
    throw notFound(request);
  }
}
