import { errorEnvelope } from '@heliograph/twilio';
import { Controller, Get, Header, Req, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { finished } from 'node:stream';
import { RequestRefused } from '../errors/request-refused.js';
import { accountOf, notFound, sidOf } from '../requests/account-request.js';
import { ReadsUnderWay } from '../requests/reads-under-way.js';
import { MediaCatalogue } from './media-catalogue.js';
import { ReadMessageMedia } from './read-message-media.js';

/** The bytes of each are held until the client has taken them, and a client may take its time. */
const MOST_READS_PER_ACCOUNT = 10;

/** A media itself, as it was fetched. It is somebody else's bytes: a browser may show them, and run nothing in them. */
@Controller('2010-04-01/Accounts/:accountSid/Messages/:messageSid')
export class MediaBytesController {
  private readonly readsUnderWay = new ReadsUnderWay(MOST_READS_PER_ACCOUNT);

  constructor(
    private readonly readMedia: ReadMessageMedia,
    private readonly catalogue: MediaCatalogue,
  ) {}

  @Get('Media/:mediaSid')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Content-Security-Policy', "default-src 'none'; sandbox")
  async read(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<StreamableFile> {
    const { sid: accountSid } = accountOf(request);
    const messageSid = sidOf(request, 'messageSid', 'SM', 'MM');
    const mediaSid = sidOf(request, 'mediaSid', 'ME');
    if (!this.readsUnderWay.start(accountSid)) throw new RequestRefused(errorEnvelope('tooManyRequests'));
    finished(reply.raw, () => this.readsUnderWay.end(accountSid));
    const found = await this.readMedia.readOne(accountSid, messageSid, mediaSid);
    const bytes = found === null ? null : await this.catalogue.readBytes(found.media);
    if (found === null || bytes === null) throw notFound(request);
    return new StreamableFile(bytes, { type: found.media.contentType, length: bytes.byteLength });
  }
}
