import { Controller, Get, Header, NotFoundException, Param, StreamableFile } from '@nestjs/common';
import { HandsetMessagesRepository } from './handset-messages.repository.js';
import { mediaPath, valid } from './handset-requests.js';

/** The media on a handset. They are somebody else's bytes: a browser may show them, and run nothing in them. */
@Controller()
export class HandsetMediaController {
  constructor(private readonly handsets: HandsetMessagesRepository) {}

  @Get('handsets/:number/messages/:id/media/:position')
  @Header('X-Content-Type-Options', 'nosniff')
  @Header('Content-Security-Policy', "default-src 'none'; sandbox")
  async read(@Param() path: unknown): Promise<StreamableFile> {
    const { number, id, position } = valid(mediaPath, path);
    const media = await this.handsets.findMedia(number, id, position);
    if (!media) throw new NotFoundException('This handset has no such media');
    return new StreamableFile(media.bytes, { type: media.contentType, length: media.bytes.byteLength });
  }
}
