import type { AccountSid, MessageSid } from '@heliograph/domain';
import type { Queries } from '@heliograph/postgres';

/** What a message's link is made with. */
export interface NewShortLink {
  readonly lifetimeMs: number;
  /** A new path each time. */
  readonly makeToken: () => string;
}

/** Of 62^7 paths, one that is taken is rare and two in a row are a defect. */
const MAX_DRAWS = 5;

/**
 * Gives a message its link, or the one that it has: a message never has two. The lifetime counts from here, which is when the message is
 * about to be accepted.
 * @returns the link's path
 * @throws when every path that was drawn is taken
 */
export async function issueShortLink(
  tx: Queries,
  accountSid: AccountSid,
  messageSid: MessageSid,
  { lifetimeMs, makeToken }: NewShortLink,
): Promise<string> {
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const token = makeToken();
    const inserted = await tx.query(
      {
        name: 'short_links_insert',
        text: `INSERT INTO short_links (token, account_sid, message_sid, expires_at)
               VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond') ON CONFLICT DO NOTHING RETURNING token`,
      },
      [token, accountSid, messageSid, lifetimeMs],
    );
    if (inserted.length > 0) return token;
    const [existing] = await tx.query<{ token: string }>(
      { name: 'short_links_of_message', text: `SELECT token FROM short_links WHERE message_sid = $1` },
      [messageSid],
    );
    if (existing) return existing.token;
  }
  throw new Error(`No free short link was found in ${MAX_DRAWS} draws: is the source of randomness broken?`);
}
