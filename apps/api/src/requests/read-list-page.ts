import type { SidPrefix } from '@heliograph/domain';
import { errorEnvelope, type ErrorEnvelope, type FormFields, type PageRequest, parsePaging } from '@heliograph/twilio';

/** A stretch of a list: the newest first, from `beyond` on towards older rows, or (`towardsNewer`) the other way. */
export interface ListRange {
  /** The place of a row, exclusive; null for the end of the list that the direction starts from. */
  readonly beyond: string | null;
  readonly towardsNewer: boolean;
  readonly limit: number;
}

/** A list that keeps its order: each row has a place, a number that never changes. */
export interface ListSource<Row> {
  /** The place of a row of this list; null where it has none such. */
  findPlace(sid: string): Promise<string | null>;
  findRange(range: ListRange): Promise<readonly Row[]>;
}

export interface ListPage<Row> {
  readonly kind: 'page';
  readonly paging: PageRequest;
  /** The newest first. */
  readonly rows: readonly Row[];
  readonly hasNext: boolean;
}

export type ListReading<Row> = ListPage<Row> | { readonly kind: 'refused'; readonly error: ErrorEnvelope };

/**
 * The page of a list that PageSize, Page and PageToken ask for.
 * @param prefixes those of the list's SIDs
 */
export async function readListPage<Row>(
  query: FormFields,
  prefixes: readonly SidPrefix[],
  source: ListSource<Row>,
): Promise<ListReading<Row>> {
  const parsed = parsePaging(query, prefixes);
  if (parsed.kind === 'refused') return parsed;
  const { paging } = parsed;
  const beyond = paging.cursor === null ? null : await source.findPlace(paging.cursor.sid);
  if (paging.cursor !== null && beyond === null) return { kind: 'refused', error: errorEnvelope('invalidPageToken') };
  const towardsNewer = paging.cursor?.direction === 'before';
  // One more than is shown tells whether anything follows.
  const found = await source.findRange({ beyond, towardsNewer, limit: paging.pageSize + 1 });
  const rows = found.slice(0, paging.pageSize);
  if (towardsNewer) rows.reverse();
  // Going back, the row that was left behind follows.
  return { kind: 'page', paging, rows, hasNext: towardsNewer || found.length > paging.pageSize };
}
