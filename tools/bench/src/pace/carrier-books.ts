import { Client } from 'pg';

/** One message as the carrier was given it: when, in microseconds since the Unix epoch by its database's clock. */
export interface Submitted {
  readonly messageSid: string;
  readonly atUs: number;
}

/** What the simulated carrier was given: the books that it keeps, which is where pace is measured. */
export class CarrierBooks {
  private constructor(private readonly client: Client) {}

  /** @param adminUrl of the stack's database */
  static async open(adminUrl: string): Promise<CarrierBooks> {
    const client = new Client({ connectionString: adminUrl });
    await client.connect();
    return new CarrierBooks(client);
  }

  /** Now, by the clock that the books are kept by. */
  async nowUs(): Promise<number> {
    const { rows } = await this.client.query<{ us: string }>(`SELECT ${micros('clock_timestamp()')} AS us`);
    return Number(rows[0]?.us);
  }

  async count(sinceUs: number): Promise<number> {
    const { rows } = await this.client.query<{ count: number }>(`SELECT count(*)::int AS count ${FROM}`, [sinceUs]);
    return rows[0]?.count ?? 0;
  }

  /** Everything since then; a message that was taken twice is there twice. */
  async read(sinceUs: number): Promise<Submitted[]> {
    const { rows } = await this.client.query<{ message_sid: string; us: string }>(
      `SELECT message_sid, ${micros('submitted_at')} AS us ${FROM} ORDER BY submitted_at`,
      [sinceUs],
    );
    return rows.map((row) => ({ messageSid: row.message_sid, atUs: Number(row.us) }));
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}

const micros = (column: string): string => `(extract(epoch FROM ${column}) * 1000000)::bigint`;
const FROM = `FROM channel_simulator.submissions
  WHERE answer ->> 'kind' = 'taken' AND submitted_at >= to_timestamp($1::numeric / 1000000)`;
