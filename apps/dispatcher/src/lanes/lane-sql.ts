/** Now, in microseconds since the Unix epoch. The only clock that lanes know is the database's; a dispatcher's own may be wrong. */
export const NOW_US = `(extract(epoch FROM clock_timestamp()) * 1000000)::bigint`;

/**
 * The lanes `$1`, as they are once this transaction alone may change them. Lanes are locked in one order everywhere, so that two
 * transactions never wait for one another's lanes in a circle.
 * @param only a condition on the lanes; the others are not locked
 */
export const lockedLanes = (only = 'true'): string => `
  locked AS MATERIALIZED (
    SELECT lane_id, in_flight FROM lanes WHERE lane_id = ANY($1::bigint[]) AND ${only} ORDER BY lane_id FOR NO KEY UPDATE)`;
