import { Injectable } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import { type DatedDeck, type Rate, RateDeck } from './rate-deck.js';

/** One import of rates, without the rates. */
export interface RateDeckSummary {
  readonly version: number;
  /** Where it came from, for people; null for what was there before rates had versions. */
  readonly source: string | null;
  readonly importedAt: Date;
  readonly inForceFrom: Date;
  readonly rateCount: number;
}

interface RateRow {
  version: number;
  in_force_from: Date;
  prefix: string;
  country: string;
  kind: Rate['kind'];
  sender_type: Rate['senderType'];
  price_micros: string;
  valid_from: Date;
}

const RATES = `SELECT version, in_force_from, prefix, country, kind, sender_type, price_micros, valid_from
  FROM rate_decks JOIN rates USING (version)`;
const IN_ORDER = `ORDER BY prefix COLLATE "C", kind DESC, sender_type, valid_from`;

/** Rate decks are added and never changed. */
@Injectable()
export class RateDecksRepository {
  constructor(private readonly database: Database) {}

  /** The newest version, in force or not; 0 before the first import. */
  async readVersion(): Promise<number> {
    const [row] = await this.database.query<{ version: number }>({
      name: 'rate_decks_version',
      text: `SELECT coalesce(max(version), 0) AS version FROM rate_decks`,
    });
    return row!.version;
  }

  /** The deck in force and those that will follow it. */
  async readFrom(nowMs: number): Promise<DatedDeck[]> {
    const rows = await this.database.query<RateRow>(
      `${RATES} WHERE version >= coalesce((SELECT max(version) FROM rate_decks WHERE in_force_from <= $1), 0) ${IN_ORDER}`,
      [new Date(nowMs)],
    );
    const versions = [...new Set(rows.map((row) => row.version))];
    return versions.map((version) => {
      const ofVersion = rows.filter((row) => row.version === version);
      return {
        deck: new RateDeck(version, ofVersion.map(rateFromRow)),
        inForceFromMs: ofVersion[0]!.in_force_from.getTime(),
      };
    });
  }

  /** One deck, or null where there is no such version. */
  async find(version: number): Promise<RateDeck | null> {
    const rows = await this.database.query<RateRow>(`${RATES} WHERE version = $1 ${IN_ORDER}`, [version]);
    return rows.length === 0 ? null : new RateDeck(version, rows.map(rateFromRow));
  }

  /** Every import, the newest first. */
  async list(): Promise<RateDeckSummary[]> {
    return await this.database.query<RateDeckSummary>(
      `SELECT version, source, imported_at AS "importedAt", in_force_from AS "inForceFrom", rate_count AS "rateCount"
       FROM rate_decks ORDER BY version DESC`,
    );
  }

  /**
   * Adds a deck as the newest version: all of it or nothing.
   * @param rates at least one
   * @param source where they come from, for people
   */
  async add(rates: readonly Rate[], source: string): Promise<RateDeckSummary> {
    const inForceFrom = new Date(rates.reduce((first, { validFromMs }) => Math.min(first, validFromMs), Infinity));
    return await this.database.transaction(async (tx) => {
      // One import at a time; those who read go on.
      await tx.query(`LOCK TABLE rate_decks IN SHARE ROW EXCLUSIVE MODE`);
      const [added] = await tx.query<RateDeckSummary>(
        `INSERT INTO rate_decks (version, source, in_force_from, rate_count)
         SELECT coalesce(max(version), 0) + 1, $1, $2, $3 FROM rate_decks
         RETURNING version, source, imported_at AS "importedAt", in_force_from AS "inForceFrom", rate_count AS "rateCount"`,
        [source, inForceFrom, rates.length],
      );
      await tx.query(
        `INSERT INTO rates (version, prefix, country, kind, sender_type, price_micros, valid_from)
         SELECT $1, rate.* FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[]) AS rate`,
        [
          added!.version,
          rates.map((rate) => rate.prefix),
          rates.map((rate) => rate.country),
          rates.map((rate) => rate.kind),
          rates.map((rate) => rate.senderType),
          rates.map((rate) => rate.priceMicros),
          rates.map((rate) => new Date(rate.validFromMs)),
        ],
      );
      return added!;
    });
  }
}

function rateFromRow(row: RateRow): Rate {
  return {
    prefix: row.prefix,
    country: row.country,
    kind: row.kind,
    senderType: row.sender_type,
    priceMicros: Number(row.price_micros),
    validFromMs: row.valid_from.getTime(),
  };
}
