import type { ListedMedia } from '@heliograph/contracts';
import type { AccountSid, MessageSid } from '@heliograph/domain';
import { type DateRange, type FormFields, parseDateFilters } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { type ListReading, readListPage } from '../requests/read-list-page.js';
import { rowsAtHand } from '../requests/rows-at-hand.js';
import { ReadMessageMedia } from './read-message-media.js';

export type MediaListing = ListReading<ListedMedia> | { readonly kind: 'no-message' };

/** One page of a message's media, in the order of its MediaUrls. */
@Injectable()
export class ListMessageMedia {
  constructor(private readonly reading: ReadMessageMedia) {}

  /** @throws Unavailable */
  async list(accountSid: AccountSid, messageSid: MessageSid, query: FormFields): Promise<MediaListing> {
    const dates = parseDateFilters(query, 'DateCreated');
    if (dates.kind === 'refused') return dates;
    const found = await this.reading.readAll(accountSid, messageSid);
    if (found === null) return { kind: 'no-message' };
    const media = found.media.filter(({ createdAt }) => isWithin(dates.range, new Date(createdAt)));
    return await readListPage(query, { prefixes: ['ME'], given: dates.given, ...rowsAtHand(media) });
  }
}

const isWithin = ({ from, before }: DateRange, moment: Date): boolean =>
  (from === null || moment >= from) && (before === null || moment < before);
