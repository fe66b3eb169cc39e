import { isSid } from '@heliograph/domain';
import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import { type MediaContent, MediaRepository } from '../storing/media.repository.js';

const TOKEN = /^[0-9a-f]{32}$/;

/** Hands out the bytes to whoever holds the URL, which only services inside are given. */
@Controller()
export class ContentController {
  constructor(private readonly repository: MediaRepository) {}

  @Get('content/:mediaSid/:accessToken')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Content-Security-Policy', "sandbox; default-src 'none'")
  @Header('Cache-Control', 'private, max-age=31536000, immutable')
  async read(@Param('mediaSid') mediaSid: string, @Param('accessToken') accessToken: string): Promise<StreamableFile> {
    return fileFor(mediaSid, accessToken, () => this.repository.findContent(mediaSid));
  }

  @Get('adapted/:mediaSid/:accessToken')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Content-Security-Policy', "sandbox; default-src 'none'")
  @Header('Cache-Control', 'private, max-age=31536000, immutable')
  async readAdapted(
    @Param('mediaSid') mediaSid: string,
    @Param('accessToken') accessToken: string,
  ): Promise<StreamableFile> {
    return fileFor(mediaSid, accessToken, () => this.repository.findAdapted(mediaSid));
  }
}

async function fileFor(
  mediaSid: string,
  accessToken: string,
  find: () => Promise<MediaContent | null>,
): Promise<StreamableFile> {
  const content = isSid(mediaSid, 'ME') && TOKEN.test(accessToken) ? await find() : null;
  if (!content || !timingSafeEqual(content.accessToken, Buffer.from(accessToken, 'hex'))) throw new NotFoundException();
  return new StreamableFile(content.bytes, { type: content.contentType, length: content.bytes.length });
}
