import type { AccountSid, MessageSid } from '@heliograph/domain';
import { Database } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import { Capacity } from '../capacity/capacity.js';

/** One media behind a link: the adapted picture where there is one. */
export interface LinkedMedia {
  /** Of its URL in the customer's request, from 0; another's does not change when one is deleted. */
  readonly position: number;
  readonly contentType: string;
  readonly byteSize: number;
}

/** What stands behind a path. */
export interface ShortLink {
  readonly accountSid: AccountSid;
  readonly messageSid: MessageSid;
  readonly expiresAt: Date;
  /** By the database's clock. Not positive when the link has expired. */
  readonly expiresInMs: number;
  /** In order of position; those that were not deleted. */
  readonly media: readonly LinkedMedia[];
}

interface LinkRow {
  account_sid: AccountSid;
  message_sid: MessageSid;
  expires_at: Date;
  expires_in_ms: number;
  position: number | null;
  content_type: string | null;
  byte_size: number | null;
}

/** What one reader holds of a media at a time. */
export const SLICE_BYTES = 131_072;
/** So that many readers leave connections to the database for everything else; of the links, each gets its turn. */
const MOST_READS_AT_ONCE = 4;
const MAX_READ_WAIT_MS = 30_000;

@Injectable()
export class ShortLinksRepository {
  private readonly reads = new Capacity(MOST_READS_AT_ONCE);

  constructor(private readonly database: Database) {}

  /** Also of a link that has expired, as long as it is remembered. */
  async find(token: string): Promise<ShortLink | null> {
    const rows = await this.database.query<LinkRow>(
      {
        name: 'short_links_find',
        text: `SELECT link.account_sid, link.message_sid, link.expires_at, media.position,
                      (extract(epoch FROM link.expires_at - now()) * 1000)::float8 AS expires_in_ms,
                      coalesce(media.adapted_content_type, media.content_type) AS content_type,
                      coalesce(octet_length(media.adapted_bytes), media.byte_size) AS byte_size
               FROM short_links link LEFT JOIN media USING (message_sid, account_sid)
               WHERE link.token = $1 ORDER BY media.position`,
      },
      [token],
    );
    const [first] = rows;
    if (!first) return null;
    const { account_sid: accountSid, message_sid: messageSid, expires_at: expiresAt } = first;
    return { accountSid, messageSid, expiresAt, expiresInMs: first.expires_in_ms, media: rows.flatMap(toLinkedMedia) };
  }

  /**
   * The bytes of a media from `start` to before `end`, a slice at a time: however many read, and however slowly, little is held.
   * @throws when it was deleted meanwhile, or its turn does not come
   */
  async *readBytes({ accountSid, messageSid }: ShortLink, position: number, start: number, end: number) {
    for (let at = start; at < end; at += SLICE_BYTES) {
      const rows = await this.reads.use(messageSid, 1, MAX_READ_WAIT_MS, () =>
        this.database.query<{ slice: Buffer }>(
          {
            name: 'short_links_read_bytes',
            text: `SELECT substring(coalesce(adapted_bytes, bytes) FROM $4::int + 1 FOR $5::int) AS slice FROM media
                   WHERE message_sid = $1 AND account_sid = $2 AND position = $3`,
          },
          [messageSid, accountSid, position, at, Math.min(SLICE_BYTES, end - at)],
        ),
      );
      const [row] = rows ?? [];
      if (!row) throw new Error('The media was deleted while it was read, or too many are read');
      yield row.slice;
    }
  }

  /** Forgets links that expired so long ago, `limit` at most. @returns how many */
  async forgetExpired(expiredForMs: number, limit: number): Promise<number> {
    const rows = await this.database.query(
      {
        name: 'short_links_forget_expired',
        text: `DELETE FROM short_links WHERE token = ANY (ARRAY(
                 SELECT token FROM short_links WHERE expires_at < now() - $1 * interval '1 millisecond'
                 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
               RETURNING token`,
      },
      [expiredForMs, limit],
    );
    return rows.length;
  }
}

const toLinkedMedia = ({ position, content_type: contentType, byte_size: byteSize }: LinkRow): LinkedMedia[] =>
  position === null || contentType === null || byteSize === null ? [] : [{ position, contentType, byteSize }];
