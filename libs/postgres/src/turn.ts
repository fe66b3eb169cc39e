import type { Pool, PoolClient } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';

/** A turn that one session has and no other. */
export interface Turn {
  /** Resolves when the session that holds it is gone, and the turn with it. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

const TRY_EVERY_MS = 250;

/**
 * Waits for a turn: an advisory lock, held by a connection that is kept for it. It ends with the connection, so the turn of a process
 * that dies is free at once. Null when `signal` ends the wait.
 */
export async function takeTurn(pool: Pool, name: string, signal: AbortSignal): Promise<Turn | null> {
  while (!signal.aborted) {
    const turn = await tryTurn(pool, name).catch(() => null);
    if (turn) return turn;
    await sleep(TRY_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return null;
}

async function tryTurn(pool: Pool, name: string): Promise<Turn | null> {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ taken: boolean }>(
      `SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken`,
      [name],
    );
    if (rows[0]?.taken) return holdTurn(client);
  } catch (error) {
    client.release(true);
    throw error;
  }
  client.release();
  return null;
}

function holdTurn(client: PoolClient): Turn {
  const lost = new Promise<void>((resolve) => {
    // A connection that breaks says so more than once, and an error that nobody hears ends the process.
    client.on('error', () => resolve());
    client.once('end', () => resolve());
  });
  // The connection is thrown away with the lock on it: nothing can be left of the turn.
  return { lost, release: async () => client.release(true) };
}
