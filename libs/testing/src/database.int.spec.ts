import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Database, type DatabaseOptions, isDatabaseOutage, type OutboxEntry } from '@heliograph/postgres';
import { Logger } from '@nestjs/common';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm';
import { CreateOutbox1700000000000 } from './create-outbox-1700000000000.js';
import { eventually } from './eventually.js';
import { closedGate, sampleMessages, sampleStream } from './sample-stream.js';
import { startTestDatabase, type TestDatabase } from './test-database.js';

interface Note {
  readonly id: number;
  readonly text: string;
}

const noteEntity = new EntitySchema<Note>({
  name: 'note',
  columns: { id: { type: 'integer', primary: true }, text: { type: 'text' } },
});

class CreateNotes1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE note (id integer PRIMARY KEY, text text NOT NULL)`);
    await runner.query(`SELECT pg_sleep(0.1)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE note`);
  }
}

class Stumble1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE half_done (id integer)`);
    await runner.query(`SELECT 1 / 0`);
  }

  async down(): Promise<void> {
    await Promise.resolve();
  }
}

const SCHEMA = 'database_test';
const MIGRATIONS = [CreateOutbox1700000000000, CreateNotes1700000000001];

/** Real: PostgreSQL. */
describe('database', () => {
  let postgres: TestDatabase;
  let database: Database;
  let opened: Database[];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    postgres = await startTestDatabase({ schema: SCHEMA, migrations: MIGRATIONS, entities: [noteEntity] });
    database = postgres.database;
  }, 60_000);

  afterAll(async () => {
    await postgres.stop();
  }, 60_000);

  beforeEach(() => {
    opened = [];
  });

  afterEach(async () => {
    await Promise.all(opened.map((each) => each.close()));
    database.onCommitted(() => undefined);
    await postgres.truncate();
  }, 30_000);

  const connect = async (options: Partial<DatabaseOptions> = {}) => {
    const another = await Database.connect({ url: postgres.url, schema: SCHEMA, migrations: MIGRATIONS, ...options });
    opened.push(another);
    return another;
  };
  const messages = (count: number) => sampleMessages(sampleStream(), count);
  const addNote = (id: number) => ({ text: `INSERT INTO note (id, text) VALUES (${id}, 'hello')` });
  const count = async (table: 'note' | 'outbox', where = database) =>
    (await where.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${table}`))[0]!.count;
  const sessionCount = async (schema: string) => {
    const [found] = await database.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = $1`,
      [`heliograph-${schema}`],
    );
    return found!.count;
  };
  const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
    await work.then(
      () => Promise.reject(new Error('it was expected to fail')),
      (error: unknown) => error,
    );

  describe('a transaction', () => {
    it('keeps rows and messages together, and tells of the messages once they are committed', async () => {
      const told: { entries: readonly OutboxEntry[]; visible: Promise<number> }[] = [];
      const other = await connect({ poolSize: 2 });
      database.onCommitted((entries) => told.push({ entries, visible: count('outbox', other) }));
      const outgoing = messages(3);
      await database.transaction(async (tx) => {
        await tx.query(addNote(1));
        tx.publish(...outgoing);
        expect(await count('note', other)).toBe(0);
        expect(told).toEqual([]);
      });
      expect(told).toHaveLength(1);
      expect(told[0]!.entries).toMatchObject(outgoing);
      expect(await told[0]!.visible).toBe(3);
      expect(await count('note', other)).toBe(1);
    });

    it('leaves nothing when its work throws', async () => {
      const told: unknown[] = [];
      database.onCommitted((entries) => told.push(entries));
      const failing = database.transaction(async (tx) => {
        await tx.query(addNote(1));
        tx.publish(...messages(2));
        throw new Error('changed our mind');
      });
      await expect(failing).rejects.toThrow('changed our mind');
      expect([await count('note'), await count('outbox'), told]).toEqual([0, 0, []]);
    });

    it('does not pass for committed when its work swallowed the error of a statement', async () => {
      const swallowing = database.transaction(async (tx) => {
        await tx.query(addNote(1));
        await tx.query('SELECT 1 / 0').catch(() => undefined);
      });
      await expect(swallowing).rejects.toThrow(/rolled back/);
      expect(await count('note')).toBe(0);
    });

    it('keeps its messages apart from those of others that run beside it', async () => {
      const told: string[][] = [];
      database.onCommitted((entries) => told.push(entries.map(({ id }) => id)));
      const outgoing = [messages(2), messages(2), messages(2)];
      const gate = closedGate();
      const works = outgoing.map((mine, index) =>
        database.transaction(async (tx) => {
          tx.publish(mine[0]!);
          await gate.opened;
          tx.publish(mine[1]!);
          if (index === 1) throw new Error('not this one');
        }),
      );
      gate.open();
      await Promise.allSettled(works);
      expect(told).toHaveLength(2);
      expect(new Set(told.flat())).toEqual(new Set([outgoing[0]!, outgoing[2]!].flat().map(({ id }) => id)));
      expect(await count('outbox')).toBe(4);
    });

    it('gives its connection back, whatever happens', async () => {
      const small = await connect({ poolSize: 1 });
      for (let round = 0; round < 5; round += 1) {
        await small.transaction((tx) => tx.query('SELECT 1 / 0')).catch(() => undefined);
        await small.transaction(() => Promise.reject(new Error('no'))).catch(() => undefined);
      }
      await expect(small.query('SELECT 1')).resolves.toHaveLength(1);
    });
  });

  describe('an outage', () => {
    const seenAs = async (work: Promise<unknown>) => isDatabaseOutage(await failureOf(work));

    it('is a pool with no connection free, in bounded time', async () => {
      const small = await connect({ poolSize: 1, connectTimeoutMs: 500 });
      const gate = closedGate();
      const holding = small.transaction(() => gate.opened);
      const startedAt = performance.now();
      const failure = await failureOf(small.transaction((tx) => tx.query('SELECT 1')));
      expect(performance.now() - startedAt).toBeLessThan(1_500);
      expect(isDatabaseOutage(failure)).toBe(true);
      gate.open();
      await holding;
      await expect(small.query('SELECT 1')).resolves.toHaveLength(1);
    });

    it('is a session that an administrator ended', async () => {
      const ending = database.transaction(async (tx) => {
        const [{ pid }] = await tx.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        await postgres.database.query('SELECT pg_terminate_backend($1)', [pid]);
        await tx.query('SELECT 1');
      });
      expect(await seenAs(ending)).toBe(true);
    });

    it('is a deadlock', async () => {
      await database.query(addNote(1));
      await database.query(addNote(2));
      const lock = (first: number, second: number) =>
        database.transaction(async (tx) => {
          await tx.query('SELECT 1 FROM note WHERE id = $1 FOR UPDATE', [first]);
          await sleep(100);
          await tx.query('SELECT 1 FROM note WHERE id = $1 FOR UPDATE', [second]);
        });
      const results = await Promise.allSettled([lock(1, 2), lock(2, 1)]);
      const [failed] = results.filter((result) => result.status === 'rejected');
      expect(isDatabaseOutage(failed?.reason)).toBe(true);
    });

    it('is a server that only reads', async () => {
      const reading = database.transaction(async (tx) => {
        await tx.query('SET TRANSACTION READ ONLY');
        await tx.query(addNote(1));
      });
      expect(await seenAs(reading)).toBe(true);
    });

    it('is a name that cannot be resolved', async () => {
      const url = postgres.url.replace('127.0.0.1', 'no-such-host.invalid');
      expect(await seenAs(connect({ url }))).toBe(true);
    });

    it('is a server that was killed: for statements in flight, new ones, the pool and the ORM', async () => {
      const inFlight = failureOf(database.query('SELECT pg_sleep(10)'));
      const inTransaction = failureOf(database.transaction((tx) => tx.query('SELECT pg_sleep(10)')));
      const repository = database.repository(noteEntity);
      await sleep(100);
      await postgres.server.kill();
      const failures = [await inFlight, await inTransaction];
      failures.push(await failureOf(database.query('SELECT 1')), await failureOf(database.transaction(async () => 1)));
      failures.push(await failureOf(repository.find()), await failureOf(database.ping()));
      failures.push(await failureOf(Database.connect({ url: postgres.url, schema: SCHEMA, migrations: [] })));
      await postgres.server.start();
      expect(failures.filter((failure) => !isDatabaseOutage(failure))).toEqual([]);
      await eventually(() => database.ping());
    }, 20_000);

    it('is a statement that takes too long, which leaves its connection in order', async () => {
      const small = await connect({ poolSize: 1, statementTimeoutMs: 200 });
      expect(await seenAs(small.query('SELECT pg_sleep(5)'))).toBe(true);
      expect(await seenAs(small.transaction((tx) => tx.query('SELECT pg_sleep(5)')))).toBe(true);
      await expect(small.query('SELECT 1')).resolves.toHaveLength(1);
    });

    it('is a transaction that is left idle', async () => {
      const small = await connect({ poolSize: 1, statementTimeoutMs: 100 });
      const idle = small.transaction(async (tx) => {
        await tx.query('SELECT 1');
        await sleep(500);
        await tx.query('SELECT 1');
      });
      expect(await seenAs(idle)).toBe(true);
      await expect(small.query('SELECT 1')).resolves.toHaveLength(1);
    });

    it('is a server that takes statements and never answers', async () => {
      const small = await connect({ poolSize: 2, statementTimeoutMs: 300, connectTimeoutMs: 500 });
      await Promise.all([small.query('SELECT pg_sleep(0.05)'), small.query('SELECT pg_sleep(0.05)')]);
      const frozen = freeze(postgres.server.pid!);
      try {
        const startedAt = performance.now();
        const works = [failureOf(small.query('SELECT 1')), failureOf(small.transaction((tx) => tx.query('SELECT 1')))];
        const failures = await Promise.all(works);
        failures.push(await failureOf(small.query('SELECT 1')));
        expect(failures.filter((failure) => !isDatabaseOutage(failure))).toEqual([]);
        expect(performance.now() - startedAt).toBeLessThan(8_000);
      } finally {
        frozen.thaw();
      }
      await eventually(() => small.ping());
      expect(await small.query('SELECT 7 AS seven')).toEqual([{ seven: 7 }]);
    }, 20_000);

    it.each([
      ['a wrong statement', 'SELECT nonsense'],
      ['a breach of a constraint', 'INSERT INTO note VALUES (1, NULL)'],
      ['a division by zero', 'SELECT 1 / 0'],
    ])('is not %s', async (_, statement) => {
      expect(await seenAs(database.query(statement))).toBe(false);
    });

    it.each([undefined, null, 'text', 42, new Error('boom'), { code: 7 }])('is not %p', (value) => {
      expect(isDatabaseOutage(value)).toBe(false);
    });
  });

  describe('migrations', () => {
    it('are applied once by replicas that start at the same time', async () => {
      const schema = 'many_at_once';
      const replicas = await Promise.all(times(4, () => connect({ schema, poolSize: 2, migrateOnStart: true })));
      const applied = await replicas[0]!.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
      expect(applied.map(({ name }) => name)).toEqual(['CreateOutbox1700000000000', 'CreateNotes1700000000001']);
      for (const replica of replicas) expect(await count('note', replica)).toBe(0);
    });

    it('may take longer than any statement afterwards', async () => {
      const replica = await connect({ schema: 'long_migration', statementTimeoutMs: 50, migrateOnStart: true });
      expect(await count('note', replica)).toBe(0);
    });

    it('need no more than the smallest pool', async () => {
      const replica = await connect({ schema: 'small_pool', poolSize: 1, migrateOnStart: true });
      expect(await count('note', replica)).toBe(0);
    });

    it('keep what went well before the one that fails, which leaves no trace and no session', async () => {
      const schema = 'stumbled';
      const starting = connect({ schema, migrations: [...MIGRATIONS, Stumble1700000000002], migrateOnStart: true });
      await expect(starting).rejects.toThrow(/division by zero/);
      await eventually(async () => expect(await sessionCount(schema)).toBe(0));
      const next = await connect({ schema, migrateOnStart: true });
      expect(await count('note', next)).toBe(0);
      const [found] = await next.query(`SELECT to_regclass('half_done') AS half_done`);
      expect(found).toEqual({ half_done: null });
    });

    it('wait until they are asked for', async () => {
      const idle = await connect({ schema: 'not_migrated' });
      await expect(count('note', idle)).rejects.toThrow(/does not exist/);
    });
  });

  it('gives the repository of a table, in its own schema', async () => {
    const notes = database.repository(noteEntity);
    await notes.insert({ id: 7, text: 'kept' });
    expect(await notes.findOneByOrFail({ id: 7 })).toEqual({ id: 7, text: 'kept' });
    expect(await database.query(`SELECT text FROM ${SCHEMA}.note WHERE id = $1`, [7])).toEqual([{ text: 'kept' }]);
  });

  it('leaves no session behind when it is closed', async () => {
    const schema = 'closed_again';
    const another = await Database.connect({ url: postgres.url, schema, migrations: [] });
    await Promise.all(times(4, () => another.query('SELECT pg_sleep(0.05)')));
    expect(await sessionCount(schema)).toBeGreaterThan(0);
    await another.close();
    await eventually(async () => expect(await sessionCount(schema)).toBe(0));
  });
});

const times = <Result>(count: number, start: () => Promise<Result>): Promise<Result>[] =>
  Array.from({ length: count }, start);

/** Stops a server and its sessions, so that it takes connections and statements and answers none. */
function freeze(pid: number): { thaw(): void } {
  const sessions = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
  const pids = [pid, ...sessions.trim().split(/\s+/).map(Number)];
  for (const each of pids) process.kill(each, 'SIGSTOP');
  return { thaw: () => pids.forEach((each) => process.kill(each, 'SIGCONT')) };
}
