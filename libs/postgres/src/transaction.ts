import type { PoolClient } from 'pg';
import type { OutboxMessage } from './outbox/outbox-table.js';
import { Queries, type Statement } from './queries.js';

/** One open transaction. What is handed to `publish` is stored in the outbox when it commits, and published after that. */
export class Transaction extends Queries {
  readonly outgoing: OutboxMessage[] = [];

  constructor(private readonly client: PoolClient) {
    super();
  }

  async query<Row>(statement: string | Statement, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query({ ...asStatement(statement), values: values as unknown[] })).rows as Row[];
  }

  publish(...messages: OutboxMessage[]): void {
    for (const message of messages) this.outgoing.push(message);
  }
}

export const asStatement = (statement: string | Statement): Statement =>
  typeof statement === 'string' ? { text: statement } : statement;
