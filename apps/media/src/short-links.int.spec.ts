import { deleteMedia } from '@heliograph/contracts';
import { eventually } from '@heliograph/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { accountSid, BootedMedia, GIF, newMessageSid, PNG, sends } from './testing/booted-media.js';
import { jpegOf, look } from './testing/pictures.js';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';

const VCARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nEND:VCARD\r\n';
const PDF = Buffer.from('%PDF-1.4\n%%EOF\n');
/** As much of one as it takes to be known for it. */
const MP4 = Buffer.concat([Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'), Buffer.alloc(1_000)]);
const MP3 = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x64]), Buffer.alloc(1_000)]);

describe('short links', () => {
  let media: BootedMedia;
  const follow = async (link: string, request: RequestInit = {}) => {
    const response = await fetch(media.served(link), { redirect: 'manual', ...request });
    return { status: response.status, headers: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  };
  const textOf = async (link: string) => (await follow(link)).body.toString();

  beforeAll(async () => {
    media = await BootedMedia.start({ SHORT_LINK_MISSES_PER_MINUTE: '1000', MEDIA_ADAPT_TIMEOUT_MS: '20s' });
    media.answers = {
      '/heart.png': sends('image/png', PNG),
      '/dot.gif': sends('image/gif', GIF),
      '/photo.jpg': sends('image/jpeg', (await jpegOf({ widthPx: 1_000, heightPx: 800 })).bytes),
      '/ada.vcf': sends('text/vcard', VCARD),
      '/bill.pdf': sends('application/pdf', PDF),
      '/film.mp4': sends('video/mp4', MP4),
      '/song.mp3': sends('audio/mpeg', MP3),
    };
  }, 60_000);
  afterAll(() => media.stop(), 60_000);
  afterEach(() => media.postgres.truncate());

  describe('to one picture', () => {
    it('show it, and nothing else', async () => {
      const { shortLink } = await media.stored(['/heart.png']);
      const { status, headers, body } = await follow(shortLink);
      expect([status, body.equals(PNG)]).toEqual([200, true]);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-type': 'image/png',
        'content-length': String(PNG.length),
        'content-disposition': 'inline; filename="media-1.png"',
        'x-content-type-options': 'nosniff',
        'cache-control': 'private, max-age=300',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'referrer-policy': 'no-referrer',
        'x-robots-tag': 'noindex, nofollow',
      });
    });

    it('answer HEAD with the same headers', async () => {
      const { shortLink } = await media.stored(['/heart.png']);
      const { status, headers, body } = await follow(shortLink, { method: 'HEAD' });
      expect([status, body.length]).toEqual([200, 0]);
      expect(headers.get('content-type')).toBe('image/png');
      expect(headers.get('content-length')).toBe(String(PNG.length));
    });

    it('show it as it was adapted for the carrier', async () => {
      const imageLimits = { maxBytes: 60_000, maxWidthPx: 300, maxHeightPx: 300 };
      const { shortLink } = await media.stored(['/photo.jpg'], { imageLimits });
      const { headers, body } = await follow(shortLink);
      expect(headers.get('content-type')).toBe('image/jpeg');
      expect(await look({ contentType: '', bytes: body })).toMatchObject({ width: 300, height: 240 });
    });
  });

  describe('to several media', () => {
    const paths = ['/heart.png', '/film.mp4', '/song.mp3', '/ada.vcf', '/bill.pdf', '/dot.gif'];

    it('show them on a page that loads nothing from elsewhere', async () => {
      const { shortLink } = await media.stored(paths);
      const { status, headers, body } = await follow(shortLink);
      const html = body.toString();
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; img-src 'self'; media-src 'self'; style-src 'sha256-[^']+'; /,
      );
      expect(headers.get('cache-control')).toBe('private, max-age=300');
      expect(html).toContain('<html lang="en">');
      expect(html).toContain('<title>2 pictures, 1 video, 1 sound, and 2 files</title>');
      expect(html.match(/<img [^>]*alt="Picture, 1 of 6"/)).not.toBeNull();
      expect(html.match(/<video [^>]*aria-label="Video, 2 of 6"/)).not.toBeNull();
      expect(html.match(/<audio [^>]*aria-label="Sound, 3 of 6"/)).not.toBeNull();
      expect(html).toContain('Contact card, 4 of 6');
      expect(html).toContain('PDF document, 5 of 6');
      expect(html).not.toMatch(/<script|https?:|\bon\w+=|style=/);
      expect(html).not.toContain(accountSid);
    });

    it('serve each of them, to be shown or saved', async () => {
      const { shortLink } = await media.stored(paths);
      const addresses = [...(await textOf(shortLink)).matchAll(/<a [^>]*href="([^"]+)"/g)].map(
        ([, href]) => href ?? '',
      );
      const files = await Promise.all([...new Set(addresses)].map((href) => follow(new URL(href, shortLink).href)));
      const seen = files.map(({ status, headers }) => [
        status,
        headers.get('content-type'),
        headers.get('content-disposition'),
      ]);
      expect(seen).toEqual([
        [200, 'image/png', 'inline; filename="media-1.png"'],
        [200, 'video/mp4', 'inline; filename="media-2.mp4"'],
        [200, 'audio/mpeg', 'inline; filename="media-3.mp3"'],
        [200, 'text/vcard', 'attachment; filename="media-4.vcf"'],
        [200, 'application/pdf', 'attachment; filename="media-5.pdf"'],
        [200, 'image/gif', 'inline; filename="media-6.gif"'],
      ]);
      expect(files[1]?.body.equals(MP4)).toBe(true);
      expect(files[3]?.body.toString()).toBe(VCARD);
    });

    it('serve a large one whole, and hold little of it for clients that do not take it', async () => {
      const large = Buffer.concat([PDF, randomBytes(5_000_000)]);
      media.answers['/large.pdf'] = sends('application/pdf', large);
      const { shortLink } = await media.stored(['/large.pdf']);
      expect((await follow(`${shortLink}/1`)).body.equals(large)).toBe(true);
      const { port, pathname } = new URL(media.served(`${shortLink}/1`));
      const heldBefore = process.memoryUsage().arrayBuffers;
      const stalled = await Promise.all(
        Array.from({ length: 40 }, async () => {
          const socket = connect(Number(port), '127.0.0.1').pause();
          socket.write(`GET ${pathname} HTTP/1.1\r\nHost: m.example\r\n\r\n`);
          await once(socket, 'readable');
          return socket;
        }),
      );
      expect(process.memoryUsage().arrayBuffers - heldBefore).toBeLessThan(10 * large.length);
      for (const socket of stalled) socket.destroy();
    });

    it('serve a video in parts, as phones ask for it', async () => {
      const { shortLink } = await media.stored(paths);
      const part = await follow(`${shortLink}/2`, { headers: { range: 'bytes=4-11' } });
      expect([part.status, part.body.toString()]).toEqual([206, 'ftypmp42']);
      expect(part.headers.get('content-range')).toBe(`bytes 4-11/${MP4.length}`);
      expect((await follow(`${shortLink}/2`, { headers: { range: 'bytes=9999999-' } })).status).toBe(416);
    });

    it('show a single one on the page as well, unless it is a picture', async () => {
      const { shortLink } = await media.stored(['/ada.vcf']);
      expect(await textOf(shortLink)).toContain('<title>1 file</title>');
    });
  });

  describe('that show nothing', () => {
    it('say so when they never were, and when they are no links', async () => {
      for (const path of ['Unknown', 'unknown/1', 'short', 'favicon.ico', 'muchlonger', 'Unkn%00n', '%C3%84bcdef']) {
        const { status, headers, body } = await follow(`https://m.example/${path}`);
        expect([path, status]).toEqual([path, 404]);
        expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
        expect(headers.get('cache-control')).toBe('no-store');
        expect(body.toString()).toContain('<h1>Nothing is here</h1>');
      }
      expect((await follow('https://m.example/Unknown', { method: 'HEAD' })).status).toBe(404);
    });

    it('tell capital letters from small ones', async () => {
      const { shortLink } = await media.stored(['/heart.png']);
      const token = shortLink.slice(-7);
      const swapped = token.replace(/[a-z]/i, (letter) =>
        letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
      );
      expect(swapped).not.toBe(token);
      expect((await follow(shortLink.replace(token, swapped))).status).toBe(404);
    });

    it('say 410 once their time is over, and still after their media are deleted', async () => {
      await media.reboot({ SHORT_LINK_LIFETIME_MS: '2s' });
      const messageSid = newMessageSid();
      const { shortLink, media: stored } = await media.stored(['/heart.png', '/dot.gif'], { messageSid });
      const early = await follow(`${shortLink}/1`);
      expect(early.status).toBe(200);
      expect(early.headers.get('cache-control')).toMatch(/^private, max-age=[01]$/);
      const expired = await eventually(async () => {
        const answer = await follow(shortLink);
        expect(answer.status).toBe(410);
        return answer;
      });
      expect(expired.body.toString()).toContain('<h1>This link has expired</h1>');
      expect(expired.headers.get('cache-control')).toBe('no-store');
      expect((await follow(`${shortLink}/1`)).status).toBe(410);
      expect(await media.rowCount()).toBe(2);
      for (const { sid } of stored) await media.ask(deleteMedia.subject, { accountSid, messageSid, mediaSid: sid });
      expect((await follow(shortLink)).status).toBe(410);
      await media.reboot();
    });

    it('live for 7 days unless told otherwise, and are forgotten 90 days later', async () => {
      const { shortLink } = await media.stored(['/heart.png']);
      const ageAll = (interval: string) =>
        media.postgres.database.query(`UPDATE short_links SET expires_at = expires_at - interval '${interval}'`);
      await ageAll('6 days 23:59');
      expect((await follow(shortLink)).status).toBe(200);
      await ageAll('1 minute');
      expect((await follow(shortLink)).status).toBe(410);
      await ageAll('89 days 23:00');
      const { shortLink: younger } = await media.stored(['/heart.png']);
      await media.reboot();
      expect((await follow(shortLink)).status).toBe(410);
      await media.postgres.database.query(
        `UPDATE short_links SET expires_at = expires_at - interval '2 hours' WHERE token = $1`,
        [shortLink.slice(-7)],
      );
      await media.reboot();
      await eventually(async () => expect((await follow(shortLink)).status).toBe(404));
      expect((await follow(younger)).status).toBe(200);
      // The media stay until their customer deletes them.
      expect(await media.rowCount()).toBe(2);
    });

    it('no longer show what was deleted', async () => {
      const messageSid = newMessageSid();
      const { shortLink, media: stored } = await media.stored(['/dot.gif', '/heart.png'], { messageSid });
      const remove = (index: number) =>
        media.ask(deleteMedia.subject, { accountSid, messageSid, mediaSid: stored[index]?.sid });
      await remove(0);
      expect((await follow(`${shortLink}/1`)).status).toBe(410);
      // One picture is left: it has the link for itself.
      expect((await follow(shortLink)).body.equals(PNG)).toBe(true);
      await remove(1);
      const removed = await follow(shortLink);
      expect([removed.status, removed.body.toString()]).toEqual([
        410,
        expect.stringContaining('This is no longer here'),
      ]);
    });
  });

  describe('guessed at', () => {
    const reboot = (changes: NodeJS.ProcessEnv = {}) => media.reboot({ SHORT_LINK_MISSES_PER_MINUTE: '5', ...changes });
    const statusesOf = async (links: string[], request?: RequestInit) =>
      (await Promise.all(links.map((link) => follow(link, request)))).map(({ status }) => status).sort();
    const unknown = Array.from(
      { length: 20 },
      (_, index) => `https://m.example/Guess${String(index).padStart(2, '0')}`,
    );
    afterAll(() => media.reboot());

    it('too often show nothing for a while, neither wrong ones nor right ones', async () => {
      await reboot();
      const { shortLink } = await media.stored(['/heart.png', '/dot.gif']);
      // All at once: none may be looked up beyond those that are allowed.
      expect(await statusesOf(unknown)).toEqual([...Array(5).fill(404), ...Array(15).fill(429)]);
      for (const link of [shortLink, `${shortLink}/1`]) {
        const { status, headers, body } = await follow(link);
        expect([status, body.toString()]).toEqual([429, expect.stringContaining('Please wait a minute')]);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
        expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
      }
      expect((await fetch(`${media.service.url}/healthz`)).status).toBe(200);
      expect(media.logged.match(/link\.guesses-limited/g)).toHaveLength(1);
      expect(media.logged).not.toContain(shortLink.slice(-7));
    });

    it('are counted only when they lead nowhere', async () => {
      await reboot();
      const { shortLink } = await media.stored(['/heart.png', '/dot.gif']);
      for (let round = 0; round < 10; round += 1)
        expect(await statusesOf([shortLink, `${shortLink}/1`, `${shortLink}/2`])).toEqual([200, 200, 200]);
      expect(await statusesOf(Array<string>(10).fill('https://m.example/favicon.ico'))).toEqual(Array(10).fill(404));
      expect(await statusesOf(unknown.slice(0, 5))).toEqual(Array(5).fill(404));
      expect(await statusesOf(unknown.slice(0, 1))).toEqual([429]);
    });

    it('are not what many right ones at the same time are', async () => {
      await reboot();
      const { shortLink } = await media.stored(['/heart.png', '/dot.gif']);
      const links = Array.from({ length: 40 }, (_, index) => `${shortLink}/${(index % 2) + 1}`);
      expect(await statusesOf(links)).toEqual(links.map(() => 200));
      expect(await statusesOf(unknown.slice(0, 1))).toEqual([404]);
    });

    it('count for the client that a trusted proxy names, and for nobody else’s word', async () => {
      const as = (client: string) => ({ headers: { 'x-forwarded-for': client } });
      await reboot({ TRUST_PROXY: '127.0.0.0/8' });
      expect(await statusesOf(unknown, as('203.0.113.1'))).toContain(429);
      expect(await statusesOf(unknown.slice(0, 2), as('203.0.113.2'))).toEqual([404, 404]);
      // What the client wrote itself stands before what the proxy added.
      expect(await statusesOf(unknown.slice(0, 1), as('198.51.100.1, 203.0.113.1'))).toEqual([429]);
      await reboot();
      expect(await statusesOf(unknown, as('203.0.113.1'))).toContain(429);
      expect(await statusesOf(unknown.slice(0, 2), as('203.0.113.2'))).toEqual([429, 429]);
    });
  });
});
