import type { Database, Statement } from '@heliograph/postgres';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly Plans?: readonly PlanNode[];
}

/** How PostgreSQL has run a statement. */
export interface RunPlan {
  /** Pages of tables and indexes that it looked at: its cost, whatever the machine is busy with. */
  readonly pages: number;
  /** Tables that it read from end to end. */
  readonly tablesRead: readonly string[];
}

/** Runs a statement, and says how that went. */
export async function planOf(database: Database, { text }: Statement, values: readonly unknown[]): Promise<RunPlan> {
  const [row] = await database.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
    `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
    values,
  );
  const top = row!['QUERY PLAN'][0].Plan;
  return { pages: top['Shared Hit Blocks'] + top['Shared Read Blocks'], tablesRead: tablesRead(top) };
}

const tablesRead = (node: PlanNode): string[] => [
  ...(node['Node Type'] === 'Seq Scan' ? [node['Relation Name']!] : []),
  ...(node.Plans ?? []).flatMap(tablesRead),
];
