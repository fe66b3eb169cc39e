import type { ListedMedia } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import { errorEnvelope, mediaPath, mediaResource, type MediaResource, type PageEnvelope } from '@heliograph/twilio';
import { Controller, Delete, Get, HttpCode, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, notFound, queryOf, sidOf } from '../requests/account-request.js';
import { envelopeOf } from '../requests/read-list-page.js';
import { DeleteMessageMedia } from './delete-message-media.js';
import { ListMessageMedia } from './list-message-media.js';
import { ReadMessageMedia } from './read-message-media.js';

type MediaList = PageEnvelope & { readonly media_list: readonly MediaResource[] };

/** Twilio's Media resource: what is kept of the media of a message. */
@Controller('2010-04-01/Accounts/:accountSid/Messages/:messageSid')
export class MessageMediaController {
  constructor(
    private readonly listMedia: ListMessageMedia,
    private readonly readMedia: ReadMessageMedia,
    private readonly deleteMedia: DeleteMessageMedia,
  ) {}

  @Get('Media.json')
  async list(@Req() request: FastifyRequest): Promise<MediaList> {
    const accountSid = accountOf(request).sid;
    const messageSid = sidOf(request, 'messageSid', 'SM', 'MM');
    const listing = await this.listMedia.list(accountSid, messageSid, queryOf(request));
    if (listing.kind === 'refused') throw new RequestRefused(listing.error);
    if (listing.kind === 'no-message') throw notFound(request);
    const envelope = envelopeOf(mediaPath(accountSid, messageSid), listing);
    return { ...envelope, media_list: listing.rows.map((media) => resourceOf(accountSid, messageSid, media)) };
  }

  @Get('Media/:mediaSid.json')
  async fetch(@Req() request: FastifyRequest): Promise<MediaResource> {
    const { accountSid, messageSid, mediaSid } = sidsOf(request);
    const found = await this.readMedia.readOne(accountSid, messageSid, mediaSid);
    if (found === null) throw notFound(request);
    return resourceOf(accountSid, found.message.sid, found.media);
  }

  @Delete(['Media/:mediaSid.json', 'Media/:mediaSid'])
  @HttpCode(204)
  async delete(@Req() request: FastifyRequest): Promise<void> {
    const { accountSid, messageSid, mediaSid } = sidsOf(request);
    const deletion = await this.deleteMedia.delete(accountSid, messageSid, mediaSid);
    if (deletion === 'not-found') throw notFound(request);
    if (deletion === 'not-complete') throw new RequestRefused(errorEnvelope('notComplete'));
  }
}

/** The SIDs of a path to one media. */
const sidsOf = (request: FastifyRequest) => ({
  accountSid: accountOf(request).sid,
  messageSid: sidOf(request, 'messageSid', 'SM', 'MM'),
  mediaSid: sidOf(request, 'mediaSid', 'ME'),
});

const resourceOf = (accountSid: AccountSid, messageSid: MessageSid, media: ListedMedia): MediaResource =>
  mediaResource({ ...media, accountSid, messageSid, dateCreated: new Date(media.createdAt) });
