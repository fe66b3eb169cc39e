import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { discardMedia, storeMedia } from '@heliograph/contracts';
import { once } from 'node:events';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { accountSid, BootedMedia, GIF, newMessageSid, PNG, sends, strangerSid } from './testing/booted-media.js';

const MEBIBYTE = 1_024 * 1_024;

const passes = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('media', () => {
  let media: BootedMedia;

  beforeAll(async () => {
    media = await BootedMedia.start();
  }, 60_000);
  afterAll(() => media.stop(), 60_000);
  beforeEach(() => {
    media.answers = { '/heart.png': sends('image/png', PNG), '/dot.gif': sends('image/gif', GIF) };
  });
  afterEach(() => media.postgres.truncate());

  describe('storing', () => {
    it('keeps all media in order, and serves the same bytes', async () => {
      const reply = await media.store([`${media.originUrl}/dot.gif`, `${media.originUrl}/heart.png`]);
      if (reply.kind !== 'stored') throw new Error(reply.reason);
      expect(reply.media).toMatchObject([
        { contentType: 'image/gif', byteSize: GIF.length },
        { contentType: 'image/png', byteSize: PNG.length },
      ]);
      const [gif, png] = await Promise.all(reply.media.map(({ url }) => fetch(media.served(url))));
      expect(Buffer.from((await gif?.arrayBuffer()) ?? [])).toEqual(GIF);
      expect(Buffer.from((await png?.arrayBuffer()) ?? [])).toEqual(PNG);
      expect(Object.fromEntries(png?.headers ?? [])).toMatchObject({
        'content-type': 'image/png',
        'content-length': String(PNG.length),
        'x-content-type-options': 'nosniff',
      });
    });

    it('takes ten at once, and exactly 5 MiB', async () => {
      const large = Buffer.concat([PNG, Buffer.alloc(5 * MEBIBYTE - PNG.length)]);
      media.answers['/large.png'] = sends('image/png', large);
      const urls = Array.from({ length: 10 }, (_, index) => `${media.originUrl}/${index < 2 ? 'large' : 'heart'}.png`);
      const reply = await media.store(urls);
      if (reply.kind !== 'stored') throw new Error(reply.reason);
      expect(reply.media.map((media) => media.byteSize)).toEqual([
        large.length,
        large.length,
        ...Array(8).fill(PNG.length),
      ]);
      const body = await fetch(media.served(reply.media[1]?.url ?? '')).then((response) => response.arrayBuffer());
      expect(Buffer.from(body).equals(large)).toBe(true);
    });

    it('answers a repeated request with what it has', async () => {
      const messageSid = newMessageSid();
      const first = await media.store([`${media.originUrl}/heart.png`, `${media.originUrl}/dot.gif`], { messageSid });
      expect(await media.store([`${media.originUrl}/heart.png`, `${media.originUrl}/dot.gif`], { messageSid })).toEqual(
        first,
      );
      expect(await media.rowCount()).toBe(2);
    });

    it('sends credentials from the URL, and follows redirects', async () => {
      let authorization: string | undefined;
      media.answers['/private.png'] = (request, response) => {
        authorization = request.headers.authorization;
        response.writeHead(302, { location: '/heart.png' }).end();
      };
      expect((await media.store([`${media.originUrl.replace('//', '//bob:hunter2@')}/private.png`])).kind).toBe(
        'stored',
      );
      expect(authorization).toBe(`Basic ${Buffer.from('bob:hunter2').toString('base64')}`);
    });

    it('never writes credentials to the log, wherever the URL leads', async () => {
      const withCredentials = media.originUrl.replace('//', '//bob:hunter2@');
      media.answers['/moved.png'] = (_request, response) =>
        void response.writeHead(302, { location: `${withCredentials}/heart.png` }).end();
      media.answers['/inside.png'] = (_request, response) =>
        void response.writeHead(302, { location: 'http://bob:hunter2@10.0.0.1/heart.png' }).end();
      media.answers['/odd.png'] = (_request, response) =>
        void response.writeHead(302, { location: 'ftp://bob:hunter2@example.com/' }).end();
      media.answers['/text.png'] = sends('text/html', 'no picture');
      media.logged = '';
      const paths = ['/moved.png', '/inside.png', '/odd.png', '/text.png', '/missing.png'];
      const replies = await Promise.all(paths.map((path) => media.store([withCredentials + path])));
      expect(replies.map(({ kind }) => kind)).toEqual(['stored', ...Array(4).fill('refused')]);
      expect(media.logged.match(/"msg":"media\.(stored|refused)"/g)).toHaveLength(5);
      expect(media.logged + JSON.stringify(replies)).not.toContain('hunter2');
    });

    it('fetches ten at once', async () => {
      const open = new Set<ServerResponse>();
      // Answers when all ten are there, and never otherwise.
      media.answers['/slow.png'] = (_request, response) => {
        open.add(response);
        if (open.size === 10) for (const each of open) each.writeHead(200, { 'content-type': 'image/png' }).end(PNG);
      };
      expect((await media.stored(Array<string>(10).fill('/slow.png'))).media).toHaveLength(10);
    });

    it('gives all media of a message one deadline', async () => {
      // Each of the hops and each of the media would be in time by itself.
      for (let hop = 0; hop < 4; hop += 1)
        media.answers[`/hop${hop}`] = (_request, response) =>
          void setTimeout(() => response.writeHead(302, { location: `/hop${hop + 1}` }).end(), 500);
      media.answers['/hop4'] = sends('image/png', PNG);
      const startedMs = performance.now();
      const reply = await media.store(Array<string>(10).fill(`${media.originUrl}/hop0`));
      expect(reply).toMatchObject({ kind: 'refused', errorCode: 11200, reason: expect.stringContaining('in time') });
      expect(performance.now() - startedMs).toBeLessThan(4_000);
      expect(await media.rowCount()).toBe(0);
    });

    it('discards what a message had, for its account only', async () => {
      const messageSid = newMessageSid();
      await media.store([`${media.originUrl}/heart.png`, `${media.originUrl}/dot.gif`], { messageSid });
      await media.store([`${media.originUrl}/heart.png`]);
      const stranger = { accountSid: strangerSid, messageSid };
      expect(await media.ask(discardMedia.subject, stranger)).toEqual({ discarded: 0 });
      expect(await media.ask(discardMedia.subject, { accountSid, messageSid })).toEqual({ discarded: 2 });
      expect(await media.rowCount()).toBe(1);
    });

    it('keeps nothing of a message that is discarded while its media are being fetched', async () => {
      let respond: () => void = () => undefined;
      media.answers['/held.png'] = (request, response) => {
        respond = () => sends('image/png', PNG)(request, response);
      };
      const messageSid = newMessageSid();
      const arrived = once(media.origin, 'request');
      const storing = media.store([`${media.originUrl}/held.png`], { messageSid });
      await arrived;
      expect(await media.ask(discardMedia.subject, { accountSid: strangerSid, messageSid })).toEqual({
        discarded: 0,
      });
      expect(await media.ask(discardMedia.subject, { accountSid, messageSid })).toEqual({ discarded: 0 });
      respond();
      expect(await storing).toEqual({ kind: 'unavailable', reason: 'the message was discarded meanwhile' });
      expect(await media.rowCount()).toBe(0);
    });

    it('leaves nothing however a discard falls in with the storing', async () => {
      const sids = Array.from({ length: 40 }, newMessageSid);
      await Promise.all(
        sids.map(async (messageSid, index) => {
          const storing = media.store([`${media.originUrl}/heart.png`, `${media.originUrl}/dot.gif`], { messageSid });
          await passes(index);
          await Promise.all([storing, media.ask(discardMedia.subject, { accountSid, messageSid })]);
        }),
      );
      expect(await media.rowCount()).toBe(0);
    });

    it('forgets in time what was discarded', async () => {
      const discard = () => media.ask(discardMedia.subject, { accountSid, messageSid: newMessageSid() });
      await discard();
      await media.postgres.database.query(`UPDATE discarded_messages SET discarded_at = now() - interval '2 hours'`);
      await discard();
      expect(await media.postgres.database.query('SELECT FROM discarded_messages')).toHaveLength(1);
    });

    it('answers a request that breaks the contract with an error', async () => {
      await expect(
        media.ask(storeMedia.subject, { accountSid, messageSid: 'nonsense', urls: [] }),
      ).rejects.toBeDefined();
      expect((await media.store([`${media.originUrl}/heart.png`])).kind).toBe('stored');
    });
  });

  describe('refusing', () => {
    const endless: RequestListener = (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' });
      const timer = setInterval(() => response.write(Buffer.alloc(MEBIBYTE)), 1);
      response.on('close', () => clearInterval(timer)).on('error', () => undefined);
    };
    const cases: [why: string, errorCode: number, path: string, answer: RequestListener | null][] = [
      ['a text called image/png', 12300, '/a', sends('image/png', 'not a picture at all')],
      ['a GIF called image/png', 12300, '/a', sends('image/png', GIF)],
      ['a web page', 12300, '/a', sends('text/html', '<html>')],
      ['no Content-Type', 12300, '/a', sends(undefined, PNG)],
      ['nothing at all', 12300, '/a', sends('image/png', '')],
      ['6 MB, announced', 11751, '/a', sends('image/png', Buffer.alloc(6 * MEBIBYTE))],
      ['6 MB and more, in chunks', 11751, '/a', endless],
      ['status 404', 11200, '/missing.png', null],
      ['status 500', 11200, '/a', (_request, response) => response.writeHead(500).end()],
      ['a redirect to nowhere', 11200, '/a', (_request, response) => response.writeHead(302).end()],
      [
        'a redirect without end',
        11215,
        '/a',
        (_request, response) => response.writeHead(302, { location: '/a' }).end(),
      ],
      [
        'a redirect inside',
        21620,
        '/a',
        (_request, response) => response.writeHead(302, { location: 'http://10.0.0.1/' }).end(),
      ],
      ['a server that never answers', 11200, '/a', () => undefined],
      ['a server that hangs up', 11200, '/a', (request) => request.socket.destroy()],
    ];

    it.each(cases)('%s: %i', async (_why, errorCode, path, answer) => {
      if (answer) media.answers[path] = answer;
      const startedMs = performance.now();
      const reply = await media.store([`${media.originUrl}/heart.png`, `${media.originUrl}${path}`]);
      expect(reply).toEqual({
        kind: 'refused',
        errorCode,
        reason: expect.stringContaining(`The media URL ${media.originUrl}${path} `),
      });
      expect(performance.now() - startedMs).toBeLessThan(3_000);
      expect(await media.rowCount()).toBe(0);
    });

    it.each([
      ['http://nobody.invalid/a.png', 11210],
      ['http://169.254.169.254/latest/meta-data', 21620],
      ['http://[::1]/a.png', 21620],
      ['ftp://example.com/a.png', 21620],
      ['not a url', 21620],
    ])('%s: %i', async (url, errorCode) => {
      expect(await media.store([url])).toMatchObject({
        kind: 'refused',
        errorCode,
        reason: expect.stringContaining(url),
      });
    });

    it('a closed port: 11205, no TLS: 11220', async () => {
      const unused = createTcpServer().listen(0, '127.0.0.1');
      await once(unused, 'listening');
      const { port } = unused.address() as AddressInfo;
      await new Promise((resolve) => unused.close(resolve));
      expect(await media.store([`http://127.0.0.1:${port}/`])).toMatchObject({ errorCode: 11205 });
      expect(await media.store([`${media.originUrl.replace('http:', 'https:')}/`])).toMatchObject({ errorCode: 11220 });
    });

    it('names the first that is wrong, without its credentials', async () => {
      const withCredentials = media.originUrl.replace('//', '//bob:hunter2@');
      const reply = await media.store([`${media.originUrl}/heart.png`, `${withCredentials}/missing.png`, 'ftp://x/']);
      expect(reply).toEqual({
        kind: 'refused',
        errorCode: 11200,
        reason: `The media URL ${media.originUrl}/missing.png answered with status 404.`,
      });
      expect(media.logged).not.toContain('hunter2');
    });

    it('inside addresses unless they are allowed: the embedded default allows loopback, the bare one does not', async () => {
      let connections = 0;
      media.origin.on('connection', () => (connections += 1));
      await media.reboot({ HTTP_ALLOW: '' });
      expect(await media.store([`${media.originUrl}/heart.png`])).toMatchObject({ kind: 'refused', errorCode: 21620 });
      expect(connections).toBe(0);
      // A channel stands inside itself.
      expect((await media.store([`${media.originUrl}/heart.png`], { origin: 'channel' })).kind).toBe('stored');
      await media.reboot();
      expect((await media.store([`${media.originUrl}/heart.png`])).kind).toBe('stored');
    });
  });

  describe('the memory that media take', () => {
    /** Ten of the largest media: one message with ten URLs, or two with five each, are all there is room for. */
    const room = { MEDIA_MEMORY_BYTES: String(50 * MEBIBYTE), MEDIA_MEMORY_WAIT_MS: '400' };
    const urls = (path: string, count: number) => Array.from({ length: count }, () => `${media.originUrl}${path}`);
    const rebootWith = async (changes: NodeJS.ProcessEnv) => {
      await media.reboot(changes);
    };
    const answeredAfter = (ms: number) => {
      media.answers['/slow.png'] = (request, response) =>
        void setTimeout(() => sends('image/png', PNG)(request, response), ms);
    };
    afterAll(() => rebootWith({}));

    it('is waited for, and turned away from where none comes free', async () => {
      await rebootWith(room);
      answeredAfter(1_000);
      const arrived = once(media.origin, 'request');
      const held = media.store(urls('/slow.png', 6));
      await arrived;
      const startedMs = performance.now();
      const [large, small] = await Promise.all([
        media.store(urls('/heart.png', 5)),
        media.store(urls('/heart.png', 4)),
      ]);
      expect(large).toEqual({ kind: 'unavailable', reason: 'too many media are held in memory' });
      expect(performance.now() - startedMs).toBeLessThan(900);
      expect([small.kind, (await held).kind]).toEqual(['stored', 'stored']);
      expect(await media.rowCount()).toBe(10);
    });

    it('is not all had by one account, however much that asks for', async () => {
      await rebootWith({ MEDIA_MEMORY_BYTES: String(100 * MEBIBYTE), MEDIA_MEMORY_WAIT_MS: '400' });
      answeredAfter(1_000);
      const many = Array.from({ length: 4 }, () => media.store(urls('/slow.png', 5)));
      await once(media.origin, 'request');
      const other = await media.store(urls('/heart.png', 5), { accountSid: strangerSid });
      expect(other.kind).toBe('stored');
      const kinds = (await Promise.all(many)).map(({ kind }) => kind);
      expect(kinds.sort()).toEqual(['stored', 'stored', 'stored', 'unavailable']);
    });

    it('is had by all in the end where it comes free in time', async () => {
      await rebootWith({ ...room, MEDIA_MEMORY_WAIT_MS: '5000' });
      answeredAfter(50);
      const replies = await Promise.all(Array.from({ length: 12 }, () => media.store(urls('/slow.png', 5))));
      expect(replies.map((reply) => reply.kind)).toEqual(replies.map(() => 'stored'));
    });
  });

  describe('serving', () => {
    it('answers 404 for any other token, SID or path', async () => {
      const reply = await media.store([`${media.originUrl}/heart.png`]);
      if (reply.kind !== 'stored') throw new Error(reply.reason);
      const url = media.served(reply.media[0]?.url ?? '');
      const [, sid = '', token = ''] = /content\/(\w+)\/(\w+)$/.exec(url) ?? [];
      const wrong = [
        url.replace(token, 'f'.repeat(32)),
        url.slice(0, -1),
        `${url}0`,
        url.replace(sid, `ME${'0'.repeat(32)}`),
        url.replace(sid, '%00'),
        url.replace('/content/', '/adapted/').replace(sid, '%00'),
        url.replace(token, token.toUpperCase() === token ? 'x' : token.toUpperCase()),
        url.replace(token, '%00'),
        url.replace(`/${token}`, ''),
      ];
      const statuses = await Promise.all(wrong.map(async (each) => (await fetch(each)).status));
      expect(statuses).toEqual(wrong.map(() => 404));
      expect((await fetch(url)).status).toBe(200);
    });
  });

  describe('health', () => {
    it('is ready with PostgreSQL and NATS', async () => {
      const ready = await fetch(`${media.service.url}/readyz`);
      expect([ready.status, await ready.json()]).toEqual([
        200,
        { status: 'ready', checks: { postgres: 'ok', nats: 'ok' } },
      ]);
    });
  });

  describe('stopping', () => {
    it('answers the request in hand first', async () => {
      media.answers['/slow.png'] = (_request, response) => {
        setTimeout(() => sends('image/png', PNG)(_request, response), 700);
      };
      const arrived = once(media.origin, 'request');
      const reply = media.store([`${media.originUrl}/slow.png`]);
      await arrived;
      await media.service.stop();
      expect((await reply).kind).toBe('stored');
      await media.boot();
    });
  });
});
