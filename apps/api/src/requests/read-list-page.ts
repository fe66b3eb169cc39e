import type { SidPrefix } from '@heliograph/domain';
import {
  errorEnvelope,
  type FormFields,
  type GivenFilters,
  type PageEnvelope,
  pageEnvelope,
  type PageRequest,
  parsePaging,
  type Refusal,
  refused,
} from '@heliograph/twilio';

/** A stretch of a list: the newest first, from `beyond` on towards older rows, or (`towardsNewer`) the other way. */
export interface ListRange {
  /** The place of a row, exclusive; null for the end of the list that the direction starts from. */
  readonly beyond: string | null;
  readonly towardsNewer: boolean;
  readonly limit: number;
}

/** A list that keeps its order: each row has a place, a number that never changes. */
export interface ListSource<Row> {
  /** Those of its SIDs. */
  readonly prefixes: readonly SidPrefix[];
  /** What it is narrowed to. */
  readonly given: GivenFilters;
  /** The place of a row of this list; null where it has none such. */
  findPlace(sid: string): Promise<string | null>;
  findRange(range: ListRange): Promise<readonly Row[]>;
}

export interface ListPage<Row> {
  readonly kind: 'page';
  readonly given: GivenFilters;
  readonly paging: PageRequest;
  /** The newest first. */
  readonly rows: readonly Row[];
  readonly hasNext: boolean;
}

export type ListReading<Row> = ListPage<Row> | Refusal;

/** The page of a list that PageSize, Page and PageToken ask for. */
export async function readListPage<Row>(query: FormFields, source: ListSource<Row>): Promise<ListReading<Row>> {
  const { given } = source;
  const parsed = parsePaging(query, source.prefixes);
  if (parsed.kind === 'refused') return parsed;
  const { paging } = parsed;
  const beyond = paging.cursor === null ? null : await source.findPlace(paging.cursor.sid);
  if (paging.cursor !== null && beyond === null) return refused(errorEnvelope('invalidPageToken'));
  const towardsNewer = paging.cursor?.direction === 'before';
  // One more than is shown tells whether anything follows.
  const found = await source.findRange({ beyond, towardsNewer, limit: paging.pageSize + 1 });
  const rows = found.slice(0, paging.pageSize);
  if (towardsNewer) rows.reverse();
  // Going back, the row that was left behind follows.
  return { kind: 'page', given, paging, rows, hasNext: towardsNewer || found.length > paging.pageSize };
}

/**
 * What Twilio puts around the rows of a page.
 * @param path of the list, without extension
 */
export const envelopeOf = (
  path: string,
  { given, paging, rows, hasNext }: ListPage<{ readonly sid: string }>,
): PageEnvelope =>
  pageEnvelope({ path: `${path}.json`, filters: given, paging, sids: rows.map(({ sid }) => sid), hasNext });
