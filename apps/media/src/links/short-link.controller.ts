import { Controller, Get, Headers, Ip, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { parseByteRange } from './byte-range.js';
import { mediaPage } from './media-page.js';
import { type Notice, noticePage } from './notice-page.js';
import { PAGE_POLICY } from './page-layout.js';
import { presentationOf } from './presentation.js';
import { type LinkedMedia, SLICE_BYTES } from './short-links.repository.js';
import { isShortLinkToken } from './short-link-token.js';
import { type Shown, ShowShortLink } from './show-short-link.js';

/** So that what is deleted, or has expired, is gone from browsers as well soon. */
const MAX_CACHED_S = 300;
const STATUS: Record<Notice, number> = { unknown: 404, expired: 410, removed: 410, limited: 429 };
const HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-resource-policy': 'same-origin',
};

/** The short links, as browsers on phones follow them. */
@Controller()
export class ShortLinkController {
  constructor(private readonly links: ShowShortLink) {}

  @Get(':token')
  async show(
    @Param('token') token: string,
    @Ip() ip: string,
    @Headers('range') range: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // What is no link at all, such as /favicon.ico, is no guess.
    const shown: Shown = isShortLinkToken(token) ? await this.links.show(token, ip) : { kind: 'unknown' };
    answer(reply, shown, token, range);
  }

  @Get(':token/:number')
  async showOne(
    @Param('token') token: string,
    @Param('number') number: string,
    @Ip() ip: string,
    @Headers('range') range: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const mayExist = isShortLinkToken(token) && /^([1-9]|10)$/.test(number);
    const shown: Shown = mayExist ? await this.links.showOne(token, Number(number) - 1, ip) : { kind: 'unknown' };
    answer(reply, shown, token, range);
  }
}

function answer(reply: FastifyReply, shown: Shown, token: string, range: string | undefined): void {
  reply.headers(HEADERS);
  switch (shown.kind) {
    case 'file':
      return sendFile(reply, shown, range);
    case 'page':
      reply.header('cache-control', cacheControl(shown.link.expiresInMs));
      return sendPage(reply, 200, mediaPage(token, shown.link));
    case 'limited':
      reply.header('retry-after', shown.retryAfterS);
  }
  reply.header('cache-control', 'no-store');
  sendPage(reply, STATUS[shown.kind], noticePage(shown.kind));
}

function sendPage(reply: FastifyReply, status: number, html: string): void {
  void reply.code(status).type('text/html; charset=utf-8').header('content-security-policy', PAGE_POLICY).send(html);
}

function sendFile(
  reply: FastifyReply,
  { media, read, expiresInMs }: Extract<Shown, { kind: 'file' }>,
  rangeHeader: string | undefined,
): void {
  const range = parseByteRange(rangeHeader, media.byteSize);
  reply.headers({
    'accept-ranges': 'bytes',
    'cache-control': cacheControl(expiresInMs),
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'content-disposition': dispositionOf(media),
  });
  if (range.kind === 'unsatisfiable') {
    void reply.code(416).header('content-range', `bytes */${media.byteSize}`).send();
    return;
  }
  reply.type(media.contentType);
  const { start, end } = range.kind === 'part' ? range : { start: 0, end: media.byteSize };
  if (range.kind === 'part') reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${media.byteSize}`);
  reply.header('content-length', end - start);
  void reply.send(Readable.from(read(start, end), { objectMode: false, highWaterMark: SLICE_BYTES }));
}

/** What a browser cannot show, it is told to save. */
function dispositionOf({ contentType, position }: LinkedMedia): string {
  const { presentation, extension } = presentationOf(contentType);
  return `${presentation === 'file' ? 'attachment' : 'inline'}; filename="media-${position + 1}.${extension}"`;
}

const cacheControl = (expiresInMs: number): string =>
  `private, max-age=${Math.min(MAX_CACHED_S, Math.floor(expiresInMs / 1_000))}`;
