import { deleteMedia, discardMedia, listMedia, type ListMediaReply } from '@heliograph/contracts';
import { makeSid, type MessageSid } from '@heliograph/domain';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { issueShortLink } from './links/issue-short-link.js';
import { accountSid, BootedMedia, GIF, newMessageSid, PNG, sends, strangerSid } from './testing/booted-media.js';

describe('the media that are kept', () => {
  let media: BootedMedia;
  const list = async (messageSid: string, owner = accountSid): Promise<ListMediaReply['media']> =>
    listMedia.reply.parse(await media.ask(listMedia.subject, { accountSid: owner, messageSid })).media;
  const remove = async (messageSid: string, mediaSid: string, owner = accountSid) =>
    deleteMedia.reply.parse(await media.ask(deleteMedia.subject, { accountSid: owner, messageSid, mediaSid }));

  beforeAll(async () => {
    media = await BootedMedia.start();
  }, 60_000);
  afterAll(() => media.stop(), 60_000);
  beforeEach(() => {
    media.answers = { '/heart.png': sends('image/png', PNG), '/dot.gif': sends('image/gif', GIF) };
  });
  afterEach(() => media.postgres.truncate());

  it('are listed in the order of the request, and can be read', async () => {
    const messageSid = newMessageSid();
    const startedMs = Date.now();
    const stored = await media.stored(['/dot.gif', '/heart.png'], { messageSid });
    await media.stored(['/heart.png']);
    const listed = await list(messageSid);
    expect(listed.map(({ createdAt: _, ...each }) => each)).toEqual(stored.media);
    for (const { createdAt } of listed) {
      expect(Date.parse(createdAt)).toBeGreaterThan(startedMs - 5_000);
      expect(Date.parse(createdAt)).toBeLessThan(Date.now() + 5_000);
    }
    const bytes = await fetch(media.served(listed[1]?.url ?? '')).then((response) => response.arrayBuffer());
    expect(Buffer.from(bytes)).toEqual(PNG);
  });

  it('are none for a message without any, and for another account', async () => {
    const messageSid = newMessageSid();
    await media.stored(['/heart.png'], { messageSid });
    expect(await list(newMessageSid())).toEqual([]);
    expect(await list(messageSid, strangerSid)).toEqual([]);
  });

  it('are gone with their bytes once deleted, each by itself and once', async () => {
    const messageSid = newMessageSid();
    const stored = await media.stored(['/dot.gif', '/heart.png'], { messageSid });
    const [first = '', second] = stored.media.map(({ sid }) => sid);
    expect(await remove(messageSid, first)).toEqual({ isDeleted: true });
    expect(await remove(messageSid, first)).toEqual({ isDeleted: false });
    expect((await list(messageSid)).map(({ sid }) => sid)).toEqual([second]);
    expect((await fetch(media.served(stored.media[0]?.url ?? ''))).status).toBe(404);
    expect((await fetch(media.served(stored.media[1]?.url ?? ''))).status).toBe(200);
    expect(await media.rowCount()).toBe(1);
  });

  it('are not deleted for another account, nor under another message', async () => {
    const messageSid = newMessageSid();
    const [kept] = (await media.stored(['/heart.png'], { messageSid })).media;
    const sid = kept?.sid ?? '';
    expect(await remove(messageSid, sid, strangerSid)).toEqual({ isDeleted: false });
    expect(await remove(newMessageSid(), sid)).toEqual({ isDeleted: false });
    expect(await remove(messageSid, makeSid('ME', randomBytes(16)))).toEqual({ isDeleted: false });
    expect(await media.rowCount()).toBe(1);
  });

  it('have one short link per message, which goes when the message is discarded', async () => {
    const messageSid = newMessageSid();
    const { shortLink } = await media.stored(['/dot.gif', '/heart.png'], { messageSid });
    expect(shortLink).toMatch(/^https:\/\/m\.example\/[A-Za-z0-9]{7}$/);
    expect((await media.stored(['/dot.gif', '/heart.png'], { messageSid })).shortLink).toBe(shortLink);
    expect((await media.stored(['/heart.png'])).shortLink).not.toBe(shortLink);
    expect(await media.rowCount('short_links')).toBe(2);
    await media.ask(discardMedia.subject, { accountSid: strangerSid, messageSid });
    expect(await media.rowCount('short_links')).toBe(2);
    await media.ask(discardMedia.subject, { accountSid, messageSid });
    expect(await media.rowCount('short_links')).toBe(1);
  });

  it('have a link that no other message has, even where chance would have it otherwise', async () => {
    const { database } = media.postgres;
    const issue = (messageSid: MessageSid, ...tokens: string[]) =>
      issueShortLink(database, accountSid, messageSid, {
        lifetimeMs: 1_000,
        makeToken: () => tokens.shift() ?? 'Taken01',
      });
    const [first, second, third] = [newMessageSid(), newMessageSid(), newMessageSid()];
    expect(await issue(first, 'Taken01')).toBe('Taken01');
    expect(await issue(second, 'Taken01', 'Taken01', 'Other01')).toBe('Other01');
    expect(await issue(second, 'Third01')).toBe('Other01');
    await expect(issue(third)).rejects.toThrow('No free short link');
    expect(await media.rowCount('short_links')).toBe(2);
  });
});
