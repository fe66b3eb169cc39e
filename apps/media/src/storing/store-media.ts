import type { StoredMedia, StoreMediaReply, StoreMediaRequest } from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';
import { Logger } from '@heliograph/service-host';
import { Injectable } from '@nestjs/common';
import { fileTypeFromBuffer } from 'file-type';
import type { NewShortLink } from '../links/issue-short-link.js';
import { ImageAdapter } from '../adapting/image-adapter.js';
import { isFormatted, type Picture } from '../adapting/picture.js';
import { Capacity } from '../capacity/capacity.js';
import { judgeContent } from './accepted-content.js';
import { type FetchedMedia, MediaFetcher, type MediaOrigin } from './media-fetcher.js';
import { MAX_MEDIA_BYTES } from './media-limits.js';
import { type MediaRefusal, refusal } from './media-refusal.js';
import { MediaAddresses } from './media-addresses.js';
import { type KeptMedia, MediaRepository, type NewMedia } from './media.repository.js';

/** What a URL led to: content that the message may carry. */
interface CheckedMedia extends Picture {
  readonly kind: 'checked';
  readonly url: string;
}

/** And what becomes of it on its way; null where it stays as it is. */
interface ReadyMedia extends CheckedMedia {
  readonly adapted: Picture | null;
}

/** What storing needs from outside. */
export abstract class StoringSettings {
  /** Unguessable bytes. */
  abstract randomBytes(count: number): Buffer;
  abstract readonly shortLink: NewShortLink;
  /** How long a message waits for its part of the memory. */
  abstract readonly memoryWaitMs: number;
}

/** Fetches a message's media, checks each, adapts the pictures, and keeps all of them or none. */
@Injectable()
export class StoreMedia {
  constructor(
    private readonly fetcher: MediaFetcher,
    private readonly repository: MediaRepository,
    private readonly adapter: ImageAdapter,
    private readonly memory: Capacity,
    private readonly settings: StoringSettings,
    private readonly addresses: MediaAddresses,
    private readonly logger: Logger,
  ) {}

  /**
   * Where several are wrong, the first in order of the request is named; a picture that is not what it seems comes after everything that
   * cannot be fetched or accepted at all.
   */
  async store(request: StoreMediaRequest): Promise<StoreMediaReply> {
    const startedMs = performance.now();
    const stored = await this.memory.use(
      request.accountSid,
      request.urls.length * MAX_MEDIA_BYTES,
      this.settings.memoryWaitMs,
      () => this.fetchAndKeep(request),
    );
    const reply = stored ?? { kind: 'unavailable', reason: 'too many media are held in memory' };
    this.log(request, reply, performance.now() - startedMs);
    return reply;
  }

  private async fetchAndKeep(request: StoreMediaRequest): Promise<StoreMediaReply> {
    const checked = await Promise.all(request.urls.map((url) => this.fetchAndCheck(url, request.origin)));
    const refused = checked.find((media) => media.kind === 'refused');
    if (refused) return refused;
    const ready = await this.adapt(
      request,
      checked.filter((media) => media.kind === 'checked'),
    );
    return Array.isArray(ready) ? this.keep(request, ready) : ready;
  }

  private async fetchAndCheck(url: string, origin: MediaOrigin): Promise<CheckedMedia | MediaRefusal> {
    const fetched = await this.fetcher.fetch(url, origin);
    return fetched.kind === 'refused' ? fetched : this.check(url, fetched);
  }

  private async check(url: string, { contentTypeHeader, bytes }: FetchedMedia): Promise<CheckedMedia | MediaRefusal> {
    const sniffed = await fileTypeFromBuffer(bytes).catch(() => undefined);
    const verdict = judgeContent(contentTypeHeader, sniffed?.mime, bytes);
    return verdict.kind === 'refused'
      ? refusal(url, 12300, verdict.problem)
      : { kind: 'checked', url, contentType: verdict.contentType, bytes };
  }

  private async adapt(
    { accountSid, imageLimits }: StoreMediaRequest,
    checked: readonly CheckedMedia[],
  ): Promise<ReadyMedia[] | Exclude<StoreMediaReply, { kind: 'stored' }>> {
    const pictures = checked.filter(({ contentType }) => isFormatted(contentType));
    const adaptations = await this.adapter.adaptAll(accountSid, pictures, imageLimits);
    const adapted = new Map<CheckedMedia, Picture>();
    for (const [index, picture] of pictures.entries()) {
      const adaptation = adaptations[index];
      if (adaptation?.kind === 'refused') return refusal(picture.url, adaptation.errorCode, adaptation.problem);
      if (adaptation?.kind === 'overloaded')
        return { kind: 'unavailable', reason: 'pictures could not be adapted in time' };
      if (adaptation?.kind === 'adapted') adapted.set(picture, adaptation.picture);
    }
    return checked.map((media) => ({ ...media, adapted: adapted.get(media) ?? null }));
  }

  private async keep({ accountSid, messageSid }: StoreMediaRequest, ready: ReadyMedia[]): Promise<StoreMediaReply> {
    const media = ready.map(({ contentType, bytes, adapted }, position): NewMedia => {
      const sid = makeSid('ME', this.settings.randomBytes(16));
      return { sid, position, contentType, bytes, adapted, accessToken: this.settings.randomBytes(16) };
    });
    const kept = await this.repository.keep(accountSid, messageSid, media, this.settings.shortLink);
    if (kept === null) return { kind: 'unavailable', reason: 'the message was discarded meanwhile' };
    const { media: keptMedia, shortLinkToken } = kept;
    return {
      kind: 'stored',
      media: keptMedia.map((each) => this.handedOver(each)),
      shortLink: this.addresses.shortLink(shortLinkToken),
    };
  }

  /** What the channel is given: the adapted picture where there is one. */
  private handedOver({ sid, contentType, byteSize, adapted, accessToken }: KeptMedia): StoredMedia {
    if (adapted) return { sid, ...adapted, url: this.addresses.adapted(sid, accessToken) };
    return { sid, contentType, byteSize, url: this.addresses.content(sid, accessToken) };
  }

  private log({ accountSid, messageSid, urls }: StoreMediaRequest, reply: StoreMediaReply, tookMs: number): void {
    const fields = { accountSid, messageSid, urlCount: urls.length, durationMs: Math.round(tookMs) };
    if (reply.kind === 'stored')
      this.logger.info({ ...fields, byteSizes: reply.media.map((media) => media.byteSize) }, 'media.stored');
    else if (reply.kind === 'refused') this.logger.info({ ...fields, errorCode: reply.errorCode }, 'media.refused');
    else this.logger.warn({ ...fields, reason: reply.reason }, 'media.unavailable');
  }
}
