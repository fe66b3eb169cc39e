import type { Database, Queries, Statement } from '@heliograph/postgres';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  /** For each of the `Actual Loops`. */
  readonly 'Rows Removed by Join Filter'?: number;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly PlanNode[];
}

/** How PostgreSQL has run a statement. */
export interface RunPlan {
  /** Pages of tables and indexes that it looked at: its cost, whatever the machine is busy with. */
  readonly pages: number;
  /** Tables that it read from end to end. */
  readonly tablesRead: readonly string[];
  /** Pairs of rows that it put together for nothing: many, where it joined row by row what it took for few. */
  readonly pairsDropped: number;
}

class Undone extends Error {}

/**
 * Runs a statement, says how that went, and undoes what it did.
 * @param prepare what its transaction begins with
 */
export async function planOf(
  database: Database,
  { text }: Statement,
  values: readonly unknown[],
  prepare: (tx: Queries) => Promise<unknown> = async () => undefined,
): Promise<RunPlan> {
  const plans: PlanNode[] = [];
  const explain = database.transaction(async (tx) => {
    await prepare(tx);
    const rows = await tx.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values,
    );
    plans.push(rows[0]!['QUERY PLAN'][0].Plan);
    throw new Undone();
  });
  await explain.catch((error: unknown) => {
    if (!(error instanceof Undone)) throw error;
  });
  const top = plans[0]!;
  return {
    pages: top['Shared Hit Blocks'] + top['Shared Read Blocks'],
    tablesRead: tablesRead(top),
    pairsDropped: pairsDropped(top),
  };
}

const tablesRead = (node: PlanNode): string[] => [
  ...(node['Node Type'] === 'Seq Scan' ? [node['Relation Name']!] : []),
  ...(node.Plans ?? []).flatMap(tablesRead),
];

const pairsDropped = (node: PlanNode): number =>
  (node['Rows Removed by Join Filter'] ?? 0) * node['Actual Loops'] +
  (node.Plans ?? []).reduce((sum, child) => sum + pairsDropped(child), 0);
