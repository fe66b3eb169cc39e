import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { GuessLimiter } from './guess-limiter.js';
import { presentationOf } from './presentation.js';
import { type LinkedMedia, type ShortLink, ShortLinksRepository } from './short-links.repository.js';

/** What whoever follows a link gets to see. */
export type Shown =
  | {
      readonly kind: 'file';
      readonly media: LinkedMedia;
      /** Its bytes from `start` to before `end`, as they are asked for. */
      readonly read: (start: number, end: number) => AsyncIterable<Buffer>;
      readonly expiresInMs: number;
    }
  | { readonly kind: 'page'; readonly link: ShortLink }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'expired' }
  /** The link is good, but its customer has deleted what it showed. */
  | { readonly kind: 'removed' }
  | { readonly kind: 'limited'; readonly retryAfterS: number };

/** Finds what a short link shows: the one picture of a message, or a page with its several media. */
@Injectable()
export class ShowShortLink {
  constructor(
    private readonly links: ShortLinksRepository,
    private readonly guesses: GuessLimiter,
    private readonly logger: Logger,
  ) {}

  /** @param ip of the client: too many links that do not exist, and it sees none for a while */
  async show(token: string, ip: string): Promise<Shown> {
    return this.withLink(token, ip, (link) => {
      const [first, ...others] = link.media;
      const isOnePicture = others.length === 0 && first && presentationOf(first.contentType).presentation === 'picture';
      this.logger.info(
        { accountSid: link.accountSid, messageSid: link.messageSid, mediaCount: link.media.length },
        'link.shown',
      );
      return isOnePicture ? this.file(link, first) : { kind: 'page', link };
    });
  }

  /** One of the media on the page. @param position of its URL in the customer's request, from 0 */
  async showOne(token: string, position: number, ip: string): Promise<Shown> {
    return this.withLink(token, ip, (link) => {
      const media = link.media.find((each) => each.position === position);
      return media ? this.file(link, media) : { kind: 'removed' };
    });
  }

  private async withLink(token: string, ip: string, show: (link: ShortLink) => Shown): Promise<Shown> {
    const result = await this.guesses.attempt(ip, () => this.links.find(token));
    if (result.kind === 'limited') {
      if (result.isFirst) this.logger.warn({ retryAfterS: result.retryAfterS }, 'link.guesses-limited');
      return result;
    }
    if (result.kind === 'missed') return { kind: 'unknown' };
    const link = result.found;
    if (link.expiresInMs <= 0) return { kind: 'expired' };
    return link.media.length === 0 ? { kind: 'removed' } : show(link);
  }

  private file(link: ShortLink, media: LinkedMedia): Shown {
    const read = (start: number, end: number) => this.links.readBytes(link, media.position, start, end);
    return { kind: 'file', media, read, expiresInMs: link.expiresInMs };
  }
}
