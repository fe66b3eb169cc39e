import type { AccountSid, MediaSid, MessageSid } from '@heliograph/domain';
import { Database, type Queries } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';
import type { Picture } from '../adapting/picture.js';
import { issueShortLink, type NewShortLink } from '../links/issue-short-link.js';

/** One media to be kept. `position` is that of its URL in the request, from 0. */
export interface NewMedia {
  sid: MediaSid;
  position: number;
  contentType: string;
  bytes: Buffer;
  /** What is handed over in its place, where that is something else. */
  adapted: Picture | null;
  /** 16 random bytes: whoever has them may read the media. */
  accessToken: Buffer;
}

/** One kept media without its bytes, as it was fetched. */
export interface KeptMedia {
  sid: MediaSid;
  contentType: string;
  byteSize: number;
  adapted: { contentType: string; byteSize: number } | null;
  accessToken: Buffer;
}

/** Bytes of a media and the key to them. */
export interface MediaContent extends Picture {
  readonly accessToken: Buffer;
}

/** What a message has after its media were kept; `media` in order of position. */
export interface KeptMessage {
  media: KeptMedia[];
  /** The path of the link to them. */
  shortLinkToken: string;
}

interface MediaRow {
  sid: MediaSid;
  position: number;
  content_type: string;
  byte_size: number;
  adapted_content_type: string | null;
  adapted_byte_size: number | null;
  access_token: Buffer;
}

interface ListedRow extends MediaRow {
  created_at: Date;
}

/** Far longer than any request to store media is at work. */
const DISCARDS_KEPT_FOR = '1 hour';

const COLUMNS = `sid, position, content_type, byte_size, adapted_content_type,
                 octet_length(adapted_bytes) AS adapted_byte_size, access_token`;

@Injectable()
export class MediaRepository {
  constructor(private readonly database: Database) {}

  /**
   * Keeps all or none of one message's media, one at least, and gives it its short link. A media that is there already, by message and
   * position, stays as it is, and so does the link.
   * @returns what is kept; null, and nothing is kept, when the message was discarded before
   */
  async keep(
    accountSid: AccountSid,
    messageSid: MessageSid,
    media: readonly NewMedia[],
    shortLink: NewShortLink,
  ): Promise<KeptMessage | null> {
    return this.database.transaction(async (tx) => {
      await holdMessage(tx, messageSid);
      if (await isDiscarded(tx, accountSid, messageSid)) return null;
      const inserted = await tx.query<MediaRow>(
        { name: `media_insert_${media.length}`, text: insertOf(media.length) },
        media.flatMap((each) => [accountSid, messageSid, ...toValues(each)]),
      );
      const rows = inserted.length === media.length ? inserted : await rowsOf(tx, accountSid, messageSid);
      const shortLinkToken = await issueShortLink(tx, accountSid, messageSid, shortLink);
      return { media: rows.sort((a, b) => a.position - b.position).map(toKeptMedia), shortLinkToken };
    });
  }

  /** What is kept of the message, in order of position. */
  async list(accountSid: AccountSid, messageSid: MessageSid): Promise<(KeptMedia & { createdAt: Date })[]> {
    const rows = await this.database.query<ListedRow>(
      {
        name: 'media_list',
        text: `SELECT ${COLUMNS}, created_at FROM media WHERE message_sid = $1 AND account_sid = $2 ORDER BY position`,
      },
      [messageSid, accountSid],
    );
    return rows.map((row) => ({ ...toKeptMedia(row), createdAt: row.created_at }));
  }

  /** Forgets one media, bytes and all. @returns whether the message had it */
  async delete(accountSid: AccountSid, messageSid: MessageSid, mediaSid: MediaSid): Promise<boolean> {
    const rows = await this.database.query(
      {
        name: 'media_delete',
        text: `DELETE FROM media WHERE sid = $1 AND message_sid = $2 AND account_sid = $3 RETURNING sid`,
      },
      [mediaSid, messageSid, accountSid],
    );
    return rows.length > 0;
  }

  /** Forgets the message's media and its link, also those that are still to come. @returns how many were there */
  async discard(accountSid: AccountSid, messageSid: MessageSid): Promise<number> {
    const rows = await this.database.transaction(async (tx) => {
      await holdMessage(tx, messageSid);
      await tx.query(
        {
          name: 'discarded_messages_insert',
          text: `INSERT INTO discarded_messages (message_sid, account_sid) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
        },
        [messageSid, accountSid],
      );
      await tx.query(
        {
          name: 'short_links_discard',
          text: `DELETE FROM short_links WHERE message_sid = $1 AND account_sid = $2`,
        },
        [messageSid, accountSid],
      );
      return tx.query(
        { name: 'media_discard', text: `DELETE FROM media WHERE message_sid = $1 AND account_sid = $2 RETURNING sid` },
        [messageSid, accountSid],
      );
    });
    await this.forgetOldDiscards();
    return rows.length;
  }

  /** The media as it was fetched. */
  async findContent(sid: string): Promise<MediaContent | null> {
    const [row] = await this.database.query<MediaContent>(
      {
        name: 'media_find_content',
        text: `SELECT content_type AS "contentType", bytes, access_token AS "accessToken" FROM media WHERE sid = $1`,
      },
      [sid],
    );
    return row ?? null;
  }

  /** What was made of the media for a carrier, if anything was. */
  async findAdapted(sid: string): Promise<MediaContent | null> {
    const [row] = await this.database.query<MediaContent>(
      {
        name: 'media_find_adapted',
        text: `SELECT adapted_content_type AS "contentType", adapted_bytes AS bytes, access_token AS "accessToken"
               FROM media WHERE sid = $1 AND adapted_bytes IS NOT NULL`,
      },
      [sid],
    );
    return row ?? null;
  }

  /** A few at a time, more than come in. Those that another replica is about to delete are left to it. */
  private async forgetOldDiscards(): Promise<void> {
    await this.database.query({
      name: 'discarded_messages_delete_old',
      text: `DELETE FROM discarded_messages WHERE ctid = ANY (ARRAY(
               SELECT ctid FROM discarded_messages WHERE discarded_at < now() - interval '${DISCARDS_KEPT_FOR}'
               ORDER BY discarded_at LIMIT 10 FOR UPDATE SKIP LOCKED))`,
    });
  }
}

/**
 * Until the transaction ends, nobody else keeps or discards media of this message: either the discard sees what was kept, or the keeping
 * sees the discard.
 */
async function holdMessage(tx: Queries, messageSid: MessageSid): Promise<void> {
  await tx.query({ name: 'message_lock', text: `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))` }, [messageSid]);
}

async function isDiscarded(tx: Queries, accountSid: AccountSid, messageSid: MessageSid): Promise<boolean> {
  const rows = await tx.query(
    {
      name: 'discarded_messages_find',
      text: `SELECT FROM discarded_messages WHERE message_sid = $1 AND account_sid = $2`,
    },
    [messageSid, accountSid],
  );
  return rows.length > 0;
}

function rowsOf(tx: Queries, accountSid: AccountSid, messageSid: MessageSid): Promise<MediaRow[]> {
  return tx.query<MediaRow>(
    { name: 'media_find', text: `SELECT ${COLUMNS} FROM media WHERE message_sid = $1 AND account_sid = $2` },
    [messageSid, accountSid],
  );
}

/** A list of rows and not unnest: the driver sends single buffers in binary, but arrays of them as text of twice the size. */
function insertOf(count: number): string {
  const row = (index: number) =>
    `(${Array.from({ length: 10 }, (_, column) => `$${index * 10 + column + 1}`).join(', ')})`;
  return `
    INSERT INTO media (account_sid, message_sid, sid, position, content_type, byte_size, bytes,
                       adapted_content_type, adapted_bytes, access_token)
    VALUES ${Array.from({ length: count }, (_, index) => row(index)).join(', ')}
    ON CONFLICT (message_sid, position) DO NOTHING
    RETURNING ${COLUMNS}`;
}

const toValues = (media: NewMedia): unknown[] => [
  media.sid,
  media.position,
  media.contentType,
  media.bytes.length,
  media.bytes,
  media.adapted?.contentType ?? null,
  media.adapted?.bytes ?? null,
  media.accessToken,
];

const toKeptMedia = (row: MediaRow): KeptMedia => ({
  sid: row.sid,
  contentType: row.content_type,
  byteSize: row.byte_size,
  adapted:
    row.adapted_content_type === null || row.adapted_byte_size === null
      ? null
      : { contentType: row.adapted_content_type, byteSize: row.adapted_byte_size },
  accessToken: row.access_token,
});
