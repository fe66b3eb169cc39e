import { type AccountSid, isSid } from '@heliograph/domain';
import {
  messageResource,
  type MessageResource,
  messagesPath,
  pageEnvelope,
  type PageEnvelope,
} from '@heliograph/twilio';
import { Controller, Get, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, fieldsOf, notFound } from '../requests/account-request.js';
import { queryOf } from '../requests/request-intake.js';
import { CreateMessage } from './create-message.js';
import { ListMessages, type MessagePage } from './list-messages.js';
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
    return messageList(sid, listing);
  }

  @Get('Messages/:messageSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<MessageResource> {
    const { messageSid } = request.params as { messageSid: string };
    const message = isSid(messageSid, 'SM', 'MM') ? await this.messages.find(accountOf(request).sid, messageSid) : null;
    if (message !== null) return messageResource(message);
    throw notFound(request);
  }
}

function messageList(accountSid: AccountSid, { filters, paging, rows, hasNext }: MessagePage): MessageList {
  const envelope = pageEnvelope({
    path: `${messagesPath(accountSid)}.json`,
    filters: filters.given,
    paging,
    sids: rows.map((message) => message.sid),
    hasNext,
  });
  return { ...envelope, messages: rows.map(messageResource) };
}
