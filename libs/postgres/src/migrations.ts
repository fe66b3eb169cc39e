import { type DataSource, MigrationExecutor } from 'typeorm';

/**
 * Applies the service's pending migrations, each in its own transaction, and creates its schema if need be. Replicas that start
 * at the same time wait for one another.
 * @returns the names of the migrations that were applied
 */
export async function runMigrations(dataSource: DataSource, schema: string): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query(`SELECT pg_advisory_lock(hashtextextended($1, 0))`, [`migrate ${schema}`]);
    const [found] = await runner.query(`SELECT to_regnamespace($1) IS NOT NULL AS exists`, [schema]);
    if (!found.exists) await runner.query(`CREATE SCHEMA "${schema}"`);
    // On the connection that holds the lock: a pool of one would wait for itself.
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    return (await executor.executePendingMigrations()).map((migration) => migration.name);
  } finally {
    await runner.query(`SELECT pg_advisory_unlock(hashtextextended($1, 0))`, [`migrate ${schema}`]);
    await runner.release();
  }
}
