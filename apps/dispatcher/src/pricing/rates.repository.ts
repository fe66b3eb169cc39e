import { Injectable } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import type { MessageKind, Rate } from './rate-deck.js';

@Injectable()
export class RatesRepository {
  constructor(private readonly database: Database) {}

  async findAll(): Promise<Rate[]> {
    const rows = await this.database.query<{ prefix: string; kind: MessageKind; price_micros: string }>(
      `SELECT prefix, kind, price_micros FROM rates`,
    );
    return rows.map((row) => ({ prefix: row.prefix, kind: row.kind, priceMicros: Number(row.price_micros) }));
  }

  /** Adds the rates whose prefix and kind have none yet. */
  async addMissing(rates: readonly Rate[]): Promise<void> {
    await this.database.query(
      `INSERT INTO rates (prefix, kind, price_micros)
       SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[]) ON CONFLICT DO NOTHING`,
      [rates.map((rate) => rate.prefix), rates.map((rate) => rate.kind), rates.map((rate) => rate.priceMicros)],
    );
  }
}
