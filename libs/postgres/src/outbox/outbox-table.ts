import type { QueryRunner } from 'typeorm';
import type { Queries } from '../queries.js';
import type { StreamProgress } from './outbox-publisher.js';

/** A message as the outbox keeps it: `id` becomes its `Nats-Msg-Id`, `payload` is JSON text. */
export interface OutboxMessage {
  readonly id: string;
  readonly subject: string;
  readonly payload: string;
}

/** A stored message and the row that holds it. */
export interface OutboxEntry extends OutboxMessage {
  readonly rowId: string;
}

/**
 * Creates the service's outbox; call it from a migration.
 *
 * - `outbox_unplaced` finds the rows that nobody is known to have published: new ones, and those of a process that died.
 * - `outbox_placed` finds the rows that wait for their readers longer than a few seconds, by where they lie in the stream.
 *
 * The table stays small (a second or so of traffic) and is written at a high rate, hence the eager vacuum.
 */
export async function createOutbox(runner: QueryRunner): Promise<void> {
  await runner.query(`
    CREATE TABLE outbox (
      id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      message_id      text NOT NULL,
      subject         text NOT NULL,
      payload         text NOT NULL,
      created_at      timestamptz NOT NULL DEFAULT now(),
      stream          text,
      stream_epoch    text,
      stream_sequence bigint,
      placed_at       timestamptz
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000)`);
  await runner.query(`CREATE INDEX outbox_unplaced ON outbox (id) WHERE stream_sequence IS NULL`);
  await runner.query(
    `CREATE INDEX outbox_placed ON outbox (stream, stream_sequence) WHERE stream_sequence IS NOT NULL`,
  );
}

/** Adds messages in their order; returns them with their rows. */
export async function insertIntoOutbox(queries: Queries, messages: readonly OutboxMessage[]): Promise<OutboxEntry[]> {
  const rows = await queries.query<{ id: string; message_id: string }>(
    {
      name: 'outbox_insert',
      text: `INSERT INTO outbox (message_id, subject, payload)
             SELECT * FROM unnest($1::text[], $2::text[], $3::text[]) RETURNING id`,
    },
    [messages.map((m) => m.id), messages.map((m) => m.subject), messages.map((m) => m.payload)],
  );
  return rows.map((row, index) => ({ ...messages[index]!, rowId: row.id }));
}

/** The oldest rows after `afterRowId` that nobody is known to have published, created at least `minAgeMs` ago. */
export async function findUnplaced(
  queries: Queries,
  afterRowId: string,
  minAgeMs: number,
  limit: number,
): Promise<OutboxEntry[]> {
  const rows = await queries.query<{ id: string; message_id: string; subject: string; payload: string }>(
    {
      name: 'outbox_find_unplaced',
      text: `SELECT id, message_id, subject, payload FROM outbox
             WHERE stream_sequence IS NULL AND id > $1 AND created_at <= now() - $2 * interval '1 millisecond'
             ORDER BY id LIMIT $3`,
    },
    [afterRowId, minAgeMs, limit],
  );
  return rows.map((row) => ({ rowId: row.id, id: row.message_id, subject: row.subject, payload: row.payload }));
}

export async function deleteFromOutbox(queries: Queries, rowIds: readonly string[]): Promise<void> {
  await queries.query({ name: 'outbox_delete', text: `DELETE FROM outbox WHERE id = ANY($1::bigint[])` }, [rowIds]);
}

/** Notes where rows lie in their stream, so that they need not be remembered in memory. */
export async function placeInOutbox(
  queries: Queries,
  places: readonly { rowId: string; stream: string; epoch: string; sequence: number }[],
): Promise<void> {
  await queries.query(
    {
      name: 'outbox_place',
      text: `UPDATE outbox SET stream = place.stream, stream_epoch = place.epoch, stream_sequence = place.sequence, placed_at = now()
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[]) AS place (id, stream, epoch, sequence)
             WHERE outbox.id = place.id`,
    },
    [
      places.map((p) => p.rowId),
      places.map((p) => p.stream),
      places.map((p) => p.epoch),
      places.map((p) => p.sequence),
    ],
  );
}

/** The streams in which rows are known to lie: one descent of the index for each. */
export async function findPlacedStreams(queries: Queries): Promise<string[]> {
  const rows = await queries.query<{ stream: string }>({
    name: 'outbox_find_placed_streams',
    text: `WITH RECURSIVE found AS (
             (SELECT stream FROM outbox WHERE stream_sequence IS NOT NULL ORDER BY stream LIMIT 1)
             UNION ALL
             SELECT (SELECT stream FROM outbox WHERE stream_sequence IS NOT NULL AND stream > found.stream ORDER BY stream LIMIT 1)
               FROM found WHERE found.stream IS NOT NULL
           )
           SELECT stream FROM found WHERE stream IS NOT NULL`,
  });
  return rows.map(({ stream }) => stream);
}

/** Deletes the rows of this life of the stream that its readers have acknowledged. */
export async function deletePlacedUpTo(
  queries: Queries,
  stream: string,
  epoch: string,
  sequence: number,
): Promise<void> {
  await queries.query(
    {
      name: 'outbox_delete_placed',
      text: `DELETE FROM outbox WHERE stream = $1 AND stream_epoch = $2 AND stream_sequence <= $3`,
    },
    [stream, epoch, sequence],
  );
}

/** Forgets the places noted in the last `maxAgeMs`: others may lie in them by now. */
export async function displaceRecent(queries: Queries, streams: readonly string[], maxAgeMs: number): Promise<void> {
  await queries.query(
    {
      name: 'outbox_displace_recent',
      text: `UPDATE outbox SET stream = NULL, stream_epoch = NULL, stream_sequence = NULL, placed_at = NULL
             WHERE stream = ANY($1::text[]) AND stream_sequence IS NOT NULL
               AND placed_at > now() - $2 * interval '1 millisecond'`,
    },
    [streams, maxAgeMs],
  );
}

/**
 * Forgets the places of rows that lie in an earlier life of the stream, beyond its end, or where it does not reach back to any more
 * and not every reader was: they have to be published again.
 */
export async function displaceLost(queries: Queries, progress: StreamProgress): Promise<void> {
  const { stream, epoch, firstSequence, lastSequence, confirmedSequence } = progress;
  await queries.query(
    {
      name: 'outbox_displace',
      text: `UPDATE outbox SET stream = NULL, stream_epoch = NULL, stream_sequence = NULL, placed_at = NULL
             WHERE stream = $1 AND stream_sequence IS NOT NULL
               AND (stream_epoch <> $2 OR stream_sequence > $3 OR (stream_sequence > $4 AND stream_sequence < $5))`,
    },
    [stream, epoch, lastSequence, confirmedSequence, firstSequence],
  );
}
