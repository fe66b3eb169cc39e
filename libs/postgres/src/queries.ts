/**
 * SQL to run. `name` makes it a prepared statement, planned once a connection; name every statement of a hot path, and name
 * only statements whose text never changes.
 */
export interface Statement {
  readonly name?: string;
  readonly text: string;
}

/** Whatever SQL can be run on: the database (each statement by itself) or one transaction. */
export abstract class Queries {
  /** Runs one statement and returns its rows, for every kind of statement that returns any. */
  abstract query<Row = Record<string, unknown>>(
    statement: string | Statement,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}
