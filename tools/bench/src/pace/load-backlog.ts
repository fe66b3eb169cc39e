import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

/** How many accounts share the lanes. */
const ACCOUNTS = 100;
export const LANES = 100_000;
/** All go by one list of channels, which has only the simulator. */
export const LIST_ID = 1;

/** The account of a lane, by the lane's id. */
export const accountOfLane = (laneId: number): string => `AC${(laneId % ACCOUNTS).toString(16).padStart(32, '0')}`;

/**
 * Replaces what a dispatcher knows by so many waiting messages in 100,000 lanes of long codes, as an outage of one hour would leave them: in
 * the order of their acceptance, evenly spread over the lanes (the first of them, where there are fewer messages than lanes), and all
 * lanes due. Nothing may use the database meanwhile. Indexes are built at the end, as that takes less time.
 */
export async function loadBacklog(adminUrl: string, waiting: number): Promise<void> {
  // Sids of their own for each load: the carrier takes none twice.
  const salt = randomUUID();
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    for (const statement of [
      `SET search_path = dispatcher`,
      `SET synchronous_commit = off`,
      `SET maintenance_work_mem = '512MB'`,
      `TRUNCATE lanes, lane_entries, jobs, channel_lists, outbox RESTART IDENTITY`,
      `INSERT INTO channel_lists (kind, channels) VALUES ('sms', '{simulator}')`,
      lanesSql(waiting, salt),
    ])
      await client.query(statement);
    await withoutIndexes(client, 'lane_entries', () => client.query(entriesSql(waiting, salt)));
    await withoutIndexes(client, 'jobs', () => client.query(jobsSql(waiting, salt)));
    for (const table of ['lanes', 'lane_entries', 'jobs']) await client.query(`VACUUM (ANALYZE) ${table}`);
    await client.query('CHECKPOINT');
  } finally {
    await client.end();
  }
}

const NOW_US = `(extract(epoch FROM now()) * 1000000)::bigint`;
const accountSql = (laneId: string): string => `'AC' || lpad(to_hex(${laneId} % ${ACCOUNTS}), 32, '0')`;
const sidSql = (salt: string): string => `'SM' || md5('${salt}' || message)`;

/** The first messages, one for each lane, are the heads. */
const lanesSql = (waiting: number, salt: string): string => `
  INSERT INTO lanes (lane_id, key, account_sid, sender_type, waiting, next_at_us, due_at_us,
    head_position, head_sid, head_segments, head_expires_at_us, head_list_id) OVERRIDING SYSTEM VALUE
  SELECT lane, '+1555' || lpad(lane::text, 7, '0'), ${accountSql('lane')}, 'long-code', waiting, next_at_us, head.*
  FROM (SELECT lane, (${waiting} + ${LANES} - lane) / ${LANES} AS waiting,
          ${NOW_US} - 3600000000 - (random() * 1000000)::bigint AS next_at_us
        FROM generate_series(1, ${LANES}) AS lane) AS made
  LEFT JOIN LATERAL (
    SELECT next_at_us, message, ${sidSql(salt)}, 1, ${NOW_US} + 36000000000, ${LIST_ID} FROM (SELECT lane AS message) AS first
  ) AS head (due_at_us, position, message_sid, segments, expires_at_us, list_id) ON waiting > 0`;

const entriesSql = (waiting: number, salt: string): string => `
  INSERT INTO lane_entries (lane_id, position, message_sid, segments, expires_at_us, list_id)
  SELECT (message - 1) % ${LANES} + 1, message, ${sidSql(salt)}, 1, ${NOW_US} + 36000000000, ${LIST_ID}
  FROM generate_series(${LANES} + 1, ${waiting}) AS message`;

const jobsSql = (waiting: number, salt: string): string => `
  INSERT INTO jobs (message_sid, account_sid, accepted_sequence, lane_id, sender_type, from_address, to_address, kind, body,
    encoding, num_segments, media, price_micros, price_unit, list_id, correlation_id, accepted_at, expires_at_us)
  SELECT ${sidSql(salt)}, ${accountSql('lane')}, message, lane, 'long-code', '+1555' || lpad(lane::text, 7, '0'),
    '+1556' || lpad((message % 10000000)::text, 7, '0'), 'sms', 'Message number ' || message, 'gsm7', 1, '[]', 7500, 'USD',
    ${LIST_ID}, ${sidSql(salt)}, now(), ${NOW_US} + 36000000000
  FROM (SELECT message, (message - 1) % ${LANES} + 1 AS lane FROM generate_series(1, ${waiting}) AS message) AS made`;

/** Drops a table's indexes, whatever they are, and builds them again after `work`. */
async function withoutIndexes(client: Client, table: string, work: () => Promise<unknown>): Promise<void> {
  const { rows: keys } = await client.query<{ name: string; definition: string }>(
    `SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
     WHERE conrelid = $1::regclass AND contype IN ('p', 'u')`,
    [table],
  );
  for (const { name } of keys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes WHERE schemaname = 'dispatcher' AND tablename = $1`,
    [table],
  );
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  await work();
  for (const { name, definition } of keys)
    await client.query(`ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`);
  for (const { definition } of indexes) await client.query(definition);
}
