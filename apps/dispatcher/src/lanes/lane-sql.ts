/** Now, in microseconds since the Unix epoch. The only clock that lanes know is the database's; a dispatcher's own may be wrong. */
export const NOW_US = `(extract(epoch FROM clock_timestamp()) * 1000000)::bigint`;

/** What `lanes` calls the columns of an entry while it is the head of its lane. */
export const HEAD = 'head_position, head_sid, head_segments, head_expires_at_us, head_list_id';

/** An entry, wherever it is. */
export const ENTRY = 'position, message_sid, segments, expires_at_us, list_id';
