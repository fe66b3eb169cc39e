import type { StoreMediaReply, StoreMediaRequest } from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { fileTypeFromBuffer } from 'file-type';
import type { NewShortLink } from '../links/issue-short-link.js';
import { judgeContent } from './accepted-content.js';
import { type FetchedMedia, MediaFetcher } from './media-fetcher.js';
import { MAX_MEDIA_BYTES } from './media-limits.js';
import { type MediaRefusal, refusal } from './media-refusal.js';
import { MediaAddresses } from './media-addresses.js';
import { MediaRepository, type NewMedia } from './media.repository.js';
import { MemoryBudget } from './memory-budget.js';

interface CheckedMedia {
  kind: 'checked';
  contentType: string;
  bytes: Buffer;
}

/** What storing needs from outside. */
export abstract class StoringSettings {
  /** Unguessable bytes. */
  abstract randomBytes(count: number): Buffer;
  abstract readonly shortLink: NewShortLink;
}

/** Fetches a message's media, checks each, and keeps all of them or none. */
@Injectable()
export class StoreMedia {
  constructor(
    private readonly fetcher: MediaFetcher,
    private readonly repository: MediaRepository,
    private readonly memory: MemoryBudget,
    private readonly settings: StoringSettings,
    private readonly addresses: MediaAddresses,
    private readonly logger: Logger,
  ) {}

  /** Where several are wrong, the first in order of the request is named. */
  async store(request: StoreMediaRequest): Promise<StoreMediaReply> {
    const startedMs = performance.now();
    const stored = await this.memory.spend(request.urls.length * MAX_MEDIA_BYTES, () => this.fetchAndKeep(request));
    const reply = stored ?? { kind: 'unavailable', reason: 'too many media are held in memory' };
    this.log(request, reply, performance.now() - startedMs);
    return reply;
  }

  private async fetchAndKeep(request: StoreMediaRequest): Promise<StoreMediaReply> {
    const checked = await Promise.all(request.urls.map((url) => this.fetchAndCheck(url)));
    const refused = checked.find((media) => media.kind === 'refused');
    return (
      refused ??
      this.keep(
        request,
        checked.filter((media) => media.kind === 'checked'),
      )
    );
  }

  private async fetchAndCheck(url: string): Promise<CheckedMedia | MediaRefusal> {
    const fetched = await this.fetcher.fetch(url);
    return fetched.kind === 'refused' ? fetched : this.check(url, fetched);
  }

  private async check(url: string, { contentTypeHeader, bytes }: FetchedMedia): Promise<CheckedMedia | MediaRefusal> {
    const sniffed = await fileTypeFromBuffer(bytes).catch(() => undefined);
    const verdict = judgeContent(contentTypeHeader, sniffed?.mime, bytes);
    return verdict.kind === 'refused'
      ? refusal(url, 12300, verdict.problem)
      : { kind: 'checked', contentType: verdict.contentType, bytes };
  }

  private async keep({ accountSid, messageSid }: StoreMediaRequest, checked: CheckedMedia[]): Promise<StoreMediaReply> {
    const media = checked.map(({ contentType, bytes }, position): NewMedia => {
      const sid = makeSid('ME', this.settings.randomBytes(16));
      return { sid, position, contentType, bytes, accessToken: this.settings.randomBytes(16) };
    });
    const kept = await this.repository.keep(accountSid, messageSid, media, this.settings.shortLink);
    if (kept === null) return { kind: 'unavailable', reason: 'the message was discarded meanwhile' };
    const { media: keptMedia, shortLinkToken } = kept;
    return {
      kind: 'stored',
      media: keptMedia.map(({ accessToken, ...each }) => ({
        ...each,
        url: this.addresses.content(each.sid, accessToken),
      })),
      shortLink: this.addresses.shortLink(shortLinkToken),
    };
  }

  private log({ accountSid, messageSid, urls }: StoreMediaRequest, reply: StoreMediaReply, tookMs: number): void {
    const fields = { accountSid, messageSid, urlCount: urls.length, durationMs: Math.round(tookMs) };
    if (reply.kind === 'stored')
      this.logger.info({ ...fields, byteSizes: reply.media.map((media) => media.byteSize) }, 'media.stored');
    else if (reply.kind === 'refused') this.logger.info({ ...fields, errorCode: reply.errorCode }, 'media.refused');
    else this.logger.warn({ ...fields, reason: reply.reason }, 'media.unavailable');
  }
}
