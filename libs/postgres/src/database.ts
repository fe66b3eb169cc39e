import { Logger } from '@nestjs/common';
import type { Pool, PoolClient } from 'pg';
import { DataSource, type EntityManager, type EntityTarget, type ObjectLiteral, type Repository } from 'typeorm';
import { runMigrations } from './migrations.js';
import type { OutboxEntry } from './outbox/outbox-table.js';
import { insertIntoOutbox } from './outbox/outbox-table.js';
import { Queries, type Statement } from './queries.js';
import { asStatement, Transaction } from './transaction.js';
import { takeTurn, type Turn } from './turn.js';
import { TypeOrmLogger } from './typeorm-logger.js';

/** How a service reaches its own schema. `url` carries its own role's credentials. */
export interface DatabaseOptions {
  readonly url: string;
  readonly schema: string;
  readonly poolSize?: number;
  /** How long to wait for a connection, new or given back to the pool; 5 s by default. */
  readonly connectTimeoutMs?: number;
  /** After this a statement is given up, by the server and, where that does not answer, by us; 10 s by default. Not for migrations. */
  readonly statementTimeoutMs?: number;
  readonly migrations: readonly MigrationClass[];
  readonly entities?: readonly EntityTarget<ObjectLiteral>[];
  readonly migrateOnStart?: boolean;
}

export type MigrationClass = new () => { up(runner: never): Promise<unknown>; down(runner: never): Promise<unknown> };

/**
 * A service's PostgreSQL: one pool, shared by hand-written SQL (`query`, `transaction`) and TypeORM (`repository`, migrations).
 * It knows no table of the domain.
 */
export class Database extends Queries {
  private readonly logger = new Logger('Database');
  private committedListener: (entries: readonly OutboxEntry[]) => void = () => undefined;

  private constructor(
    readonly dataSource: DataSource,
    readonly schema: string,
  ) {
    super();
  }

  /** Connects, and first applies pending migrations where `migrateOnStart` says so. @throws when PostgreSQL cannot be reached */
  static async connect(options: DatabaseOptions): Promise<Database> {
    if (options.migrateOnStart) await migrate(options);
    const dataSource = openDataSource(options, options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS);
    await dataSource.initialize();
    return new Database(dataSource, options.schema);
  }

  async query<Row>(statement: string | Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return await this.onConnection(
      async (client) => (await client.query({ ...asStatement(statement), values: values as unknown[] })).rows as Row[],
    );
  }

  /**
   * Runs `work` in one transaction. Messages given to `tx.publish` are stored in the outbox within it and handed to the relay
   * once it has committed; when `work` throws, nothing of it remains.
   */
  async transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return await this.onConnection((client) => this.runIn(client, work));
  }

  /** TypeORM's repository of a cold table; hot paths use SQL over arrays. */
  repository<Entity extends ObjectLiteral>(entity: EntityTarget<Entity>): Repository<Entity> {
    return this.dataSource.getRepository(entity);
  }

  /** Runs `work` in one transaction of TypeORM's, for cold tables; when it throws, nothing of it remains. It has no outbox. */
  async entityTransaction<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    return await this.dataSource.transaction(work);
  }

  /** Who is told of outbox rows once they are committed: the relay. */
  onCommitted(listener: (entries: readonly OutboxEntry[]) => void): void {
    this.committedListener = listener;
  }

  /** Waits until this process has the turn of this name, of all that use the database; null when `signal` ends the wait. */
  async takeTurn(name: string, signal: AbortSignal): Promise<Turn | null> {
    return await takeTurn(this.pool, `${this.schema} ${name}`, signal);
  }

  /** @throws when the database does not answer */
  async ping(): Promise<void> {
    await this.query({ name: 'ping', text: 'SELECT 1' });
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  private async runIn<Result>(client: PoolClient, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const tx = new Transaction(client);
    try {
      await client.query('BEGIN');
      const result = await work(tx);
      const entries = tx.outgoing.length > 0 ? await insertIntoOutbox(tx, tx.outgoing) : [];
      // PostgreSQL answers so, without an error, when a statement had failed and the work went on all the same.
      if ((await client.query('COMMIT')).command === 'ROLLBACK')
        throw new Error('The transaction was rolled back, because one of its statements had failed');
      if (entries.length > 0) this.committedListener(entries);
      return result;
    } catch (error) {
      if (!isUnanswered(error))
        await client.query('ROLLBACK').catch(() => this.logger.debug('rollback failed: the connection is gone'));
      throw error;
    }
  }

  /** A connection that still owes an answer is not used again: the next statement would wait for that, too. */
  private async onConnection<Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    client.on('error', ignoreError);
    let unanswered: Error | undefined;
    try {
      return await work(client);
    } catch (error) {
      if (isUnanswered(error)) unanswered = error;
      throw error;
    } finally {
      client.removeListener('error', ignoreError);
      client.release(unanswered);
    }
  }

  private get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }
}

const STATEMENT_TIMEOUT_MS = 10_000;
/** The server speaks first where it can: its answer leaves the connection in order. */
const ANSWER_MARGIN_MS = 2_000;

/** @param timeoutMs how long a statement may take; 0: as long as it needs */
function openDataSource(options: DatabaseOptions, timeoutMs: number): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    poolSize: options.poolSize ?? 8,
    migrations: [...options.migrations] as never[],
    migrationsTableName: 'migrations',
    entities: [...(options.entities ?? [])] as never[],
    synchronize: false,
    logger: new TypeOrmLogger(),
    applicationName: `heliograph-${options.schema}`,
    connectTimeoutMS: options.connectTimeoutMs ?? 5_000,
    extra: {
      options: `-c search_path=${options.schema}`,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      ...(timeoutMs > 0 && timeLimits(timeoutMs)),
    },
  });
}

const timeLimits = (timeoutMs: number) => ({
  statement_timeout: timeoutMs,
  idle_in_transaction_session_timeout: 2 * timeoutMs,
  query_timeout: timeoutMs + ANSWER_MARGIN_MS,
});

/** On connections of its own: a migration may take longer than any statement of the service. */
async function migrate(options: DatabaseOptions): Promise<void> {
  const dataSource = openDataSource({ ...options, poolSize: 1 }, 0);
  await dataSource.initialize();
  try {
    await runMigrations(dataSource, options.schema);
  } finally {
    await dataSource.destroy();
  }
}

/** A connection that breaks while checked out also rejects the statement in flight; the event itself must not end the process. */
const ignoreError = (): void => undefined;

/** SQLSTATEs of lost connections, statements and transactions that took too long, servers that stop, lack resources or only read, and of conflicts that go away by themselves. */
const OUTAGE_STATES = /^(08...|57014|57P0.|53...|25006|25P03|40001|40P01)$/;
const NETWORK_ERRORS = /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const OUTAGE_MESSAGES =
  /Connection terminated|Query read timeout|timeout exceeded when trying to connect|not queryable/;

const isUnanswered = (error: unknown): error is Error =>
  error instanceof Error && error.message.includes('Query read timeout');

/** Whether the error says that PostgreSQL cannot be reached or is going away, rather than that the statement is wrong. */
export function isDatabaseOutage(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === 'string' && (OUTAGE_STATES.test(code) || NETWORK_ERRORS.test(code))) return true;
  return typeof message === 'string' && OUTAGE_MESSAGES.test(message);
}
