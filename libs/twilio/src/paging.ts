import { isSid, type SidPrefix } from '@heliograph/domain';
import { errorEnvelope, type ErrorEnvelope } from './error-catalogue.js';
import { singleValue, type FormFields } from './form-fields.js';
import type { GivenFilters } from './given-filters.js';
import { type Refusal, refused } from './refusal.js';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 1000;

/** Where a page starts: just after a row of the list, or (`before`) with the rows that end just before it. */
export interface PageCursor {
  readonly direction: 'after' | 'before';
  readonly sid: string;
}

/** Which page is asked for. */
export interface PageRequest {
  /** 1 to 1000. */
  readonly pageSize: number;
  /** Counted from 0. Only shown; the rows are found by the cursor. */
  readonly page: number;
  /** Null for the start of the list. */
  readonly cursor: PageCursor | null;
}

export type PageParse = { readonly kind: 'valid'; readonly paging: PageRequest } | Refusal;

/**
 * PageSize, Page and PageToken of a list request. A token is `PA` and the SID of the last row seen, so pages do not shift while messages
 * arrive; `PB` and the SID of the first row leads back. A later Page without a token is refused: it could only be counted.
 * @param prefixes those of the list's SIDs
 */
export function parsePaging(query: FormFields, prefixes: readonly SidPrefix[]): PageParse {
  const pageSize = wholeNumber(singleValue(query, 'PageSize') ?? String(DEFAULT_PAGE_SIZE));
  if (pageSize === null || pageSize < 1) return refused(notWhole('PageSize', 'must be a whole number from 1'));
  if (pageSize > MAX_PAGE_SIZE) return refused(errorEnvelope('pageSizeTooLarge', { maximum: MAX_PAGE_SIZE }));
  const page = wholeNumber(singleValue(query, 'Page') ?? '0');
  if (page === null) return refused(notWhole('Page', 'must be a whole number from 0'));
  const token = singleValue(query, 'PageToken');
  if (token === undefined && page === 0) return { kind: 'valid', paging: { pageSize, page, cursor: null } };
  const cursor = token === undefined ? null : parsePageToken(token, prefixes);
  if (cursor === null) return refused(errorEnvelope('invalidPageToken'));
  return { kind: 'valid', paging: { pageSize, page, cursor } };
}

/** The keys that Twilio puts around the rows of a list, without the rows. */
export interface PageEnvelope {
  readonly first_page_uri: string;
  readonly next_page_uri: string | null;
  readonly previous_page_uri: string | null;
  readonly uri: string;
  readonly page: number;
  readonly page_size: number;
  readonly start: number;
  readonly end: number;
}

export interface PageResult {
  /** Path of the list, with its extension. */
  readonly path: string;
  /** The filters as they were asked for, name and value; each URI repeats them. */
  readonly filters: GivenFilters;
  readonly paging: PageRequest;
  /** SIDs of the rows on this page, in the order shown. */
  readonly sids: readonly string[];
  /** Whether any row follows the last one shown. */
  readonly hasNext: boolean;
}

/** The envelope of one page. `start` and `end` are the indexes of its first and last row; both the same on an empty page. */
export function pageEnvelope({ path, filters, paging, sids, hasNext }: PageResult): PageEnvelope {
  const { page, pageSize } = paging;
  const uriOf = (pageNumber: number, token: string | null) => pageUri(path, filters, pageSize, pageNumber, token);
  const first = sids.at(0);
  const last = sids.at(-1);
  return {
    first_page_uri: uriOf(0, null),
    next_page_uri: hasNext && last !== undefined ? uriOf(page + 1, `PA${last}`) : null,
    previous_page_uri: page > 0 && first !== undefined ? uriOf(page - 1, `PB${first}`) : null,
    uri: uriOf(page, tokenOf(paging.cursor)),
    page,
    page_size: pageSize,
    start: page * pageSize,
    end: page * pageSize + Math.max(0, sids.length - 1),
  };
}

const notWhole = (parameter: string, reason: string): ErrorEnvelope =>
  errorEnvelope('invalidParameter', { parameter, reason });

function wholeNumber(text: string): number | null {
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : null;
}

function parsePageToken(token: string, prefixes: readonly SidPrefix[]): PageCursor | null {
  const sid = token.slice(2);
  if (!isSid(sid, ...prefixes)) return null;
  if (token.startsWith('PA')) return { direction: 'after', sid };
  return token.startsWith('PB') ? { direction: 'before', sid } : null;
}

function tokenOf(cursor: PageCursor | null): string | null {
  if (cursor === null) return null;
  return (cursor.direction === 'after' ? 'PA' : 'PB') + cursor.sid;
}

function pageUri(path: string, filters: GivenFilters, pageSize: number, page: number, token: string | null): string {
  const paging = [['PageSize', String(pageSize)] as const, ['Page', String(page)] as const];
  const parameters = [...filters, ...paging, ...(token === null ? [] : [['PageToken', token] as const])];
  const query = parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return `${path}?${query.join('&')}`;
}
