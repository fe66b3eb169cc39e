import type { ListRange, ListSource } from './read-list-page.js';

/** A list that is at hand as a whole, as it is shown; a row's place is its index. */
export const rowsAtHand = <Row extends { readonly sid: string }>(
  rows: readonly Row[],
): Pick<ListSource<Row>, 'findPlace' | 'findRange'> => ({
  findPlace: async (sid) => {
    const index = rows.findIndex((row) => row.sid === sid);
    return index === -1 ? null : String(index);
  },
  findRange: async ({ beyond, towardsNewer, limit }: ListRange) => {
    if (!towardsNewer) return rows.slice(beyond === null ? 0 : Number(beyond) + 1).slice(0, limit);
    return rows
      .slice(0, beyond === null ? rows.length : Number(beyond))
      .reverse()
      .slice(0, limit);
  },
});
