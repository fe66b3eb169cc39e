import { Injectable } from '@nestjs/common';
import { Database } from '@heliograph/postgres';
import type { Carrier } from './carrier.js';

interface CarrierRow {
  prefix: string;
  name: string;
  country: string;
  has_mms: boolean;
  max_image_bytes: number | null;
  max_image_width_px: number | null;
  max_image_height_px: number | null;
}

@Injectable()
export class CarriersRepository {
  constructor(private readonly database: Database) {}

  /** The version of the list; 0 before the first import. */
  async readVersion(): Promise<number> {
    const [row] = await this.database.query<{ version: number }>({
      name: 'carriers_version',
      text: `SELECT coalesce(max(version), 0) AS version FROM carrier_imports`,
    });
    return row!.version;
  }

  /** Every carrier, by prefix. */
  async read(): Promise<Carrier[]> {
    const rows = await this.database.query<CarrierRow>(`SELECT * FROM carriers ORDER BY prefix COLLATE "C"`);
    return rows.map(carrierFromRow);
  }

  /**
   * Puts these carriers in the place of all that there were, at once.
   * @param source where they come from, for people
   * @returns the version of the list
   */
  async replaceAll(carriers: readonly Carrier[], source: string): Promise<number> {
    return await this.database.transaction(async (tx) => {
      // One import at a time; those who read go on.
      await tx.query(`LOCK TABLE carrier_imports IN SHARE ROW EXCLUSIVE MODE`);
      const [added] = await tx.query<{ version: number }>(
        `INSERT INTO carrier_imports (version, source, carrier_count)
         SELECT coalesce(max(version), 0) + 1, $1, $2 FROM carrier_imports RETURNING version`,
        [source, carriers.length],
      );
      await tx.query(`DELETE FROM carriers`);
      await tx.query(
        `INSERT INTO carriers (prefix, name, country, has_mms, max_image_bytes, max_image_width_px, max_image_height_px)
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[], $5::int[], $6::int[], $7::int[])`,
        [
          carriers.map((carrier) => carrier.prefix),
          carriers.map((carrier) => carrier.name),
          carriers.map((carrier) => carrier.country),
          carriers.map((carrier) => carrier.hasMms),
          carriers.map((carrier) => carrier.imageLimits?.maxBytes),
          carriers.map((carrier) => carrier.imageLimits?.maxWidthPx),
          carriers.map((carrier) => carrier.imageLimits?.maxHeightPx),
        ],
      );
      return added!.version;
    });
  }
}

function carrierFromRow(row: CarrierRow): Carrier {
  const { max_image_bytes: maxBytes, max_image_width_px: maxWidthPx, max_image_height_px: maxHeightPx } = row;
  const hasLimits = maxBytes !== null && maxWidthPx !== null && maxHeightPx !== null;
  return {
    prefix: row.prefix,
    name: row.name,
    country: row.country,
    hasMms: row.has_mms,
    imageLimits: hasLimits ? { maxBytes, maxWidthPx, maxHeightPx } : null,
  };
}
