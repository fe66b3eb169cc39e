import type { SenderType } from '@heliograph/contracts';
import type { Queries } from '@heliograph/postgres';
import type { Pace } from './pace.js';

interface PaceRow {
  sender_type: SenderType;
  interval_us: string;
  counts_segments: boolean;
}

/** The paces that claims go by; there is one for each type of sender. */
export class PacesRepository {
  constructor(private readonly queries: Queries) {}

  async list(): Promise<Pace[]> {
    const rows = await this.queries.query<PaceRow>(`SELECT * FROM paces ORDER BY sender_type`);
    return rows.map((row) => ({
      senderType: row.sender_type,
      intervalUs: Number(row.interval_us),
      countsSegments: row.counts_segments,
    }));
  }

  /** In force for every lane from its next claim on. */
  async set({ senderType, intervalUs, countsSegments }: Pace): Promise<void> {
    await this.queries.query(
      `INSERT INTO paces (sender_type, interval_us, counts_segments) VALUES ($1, $2, $3)
       ON CONFLICT (sender_type) DO UPDATE SET interval_us = excluded.interval_us, counts_segments = excluded.counts_segments`,
      [senderType, intervalUs, countsSegments],
    );
  }
}
