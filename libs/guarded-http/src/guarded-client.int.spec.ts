import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { GuardedHttpClient } from './guarded-client.js';
import type { GuardedRequest } from './guarded-client.js';

/** Real: HTTP servers on loopback, real connections, real clocks. */
const allowing = new GuardedHttpClient({ allow: ['127.0.0.0/8'], connectTimeoutMs: 1_000 });
const strict = new GuardedHttpClient({ allow: [] });
const servers: { close(): unknown }[] = [];

afterAll(async () => {
  await allowing.close();
  await strict.close();
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(
  handler: RequestListener,
  host = '127.0.0.1',
): Promise<{ server: Server; url: string; port: number }> {
  const server = createServer(handler);
  server.listen(0, host);
  await once(server, 'listening');
  servers.push({ close: () => (server.closeAllConnections(), server.close()) });
  const { port } = server.address() as AddressInfo;
  return { server, port, url: `http://${host}:${port}` };
}

async function unusedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const get = (url: string, more: Partial<GuardedRequest> = {}, client = allowing) =>
  client.fetch({ url, maxResponseBytes: 100_000, totalTimeoutMs: 3_000, maxRedirects: 5, ...more });

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

describe('an answer', () => {
  it('comes with status, headers and body, whatever the status', async () => {
    const { url } = await listening((_request, response) => {
      response.writeHead(404, { 'X-Why': 'gone', 'Set-Cookie': ['a=1', 'b=2'] }).end('no such page');
    });
    expect(await get(`${url}/x?y=1#z`)).toEqual({
      kind: 'response',
      status: 404,
      headers: expect.objectContaining({ 'x-why': 'gone', 'set-cookie': 'a=1, b=2' }),
      body: Buffer.from('no such page'),
      isTruncated: false,
      redirectCount: 0,
      url: `${url}/x?y=1`,
    });
  });

  it('follows what was posted, with headers', async () => {
    const { url } = await listening(async (request, response) => {
      response.end([request.method, request.headers['x-twilio-signature'], await bodyOf(request)].join(' '));
    });
    const outcome = await get(url, { method: 'POST', headers: { 'X-Twilio-Signature': 'abc' }, body: 'To=1' });
    expect(outcome).toMatchObject({ kind: 'response', body: Buffer.from('POST abc To=1') });
  });

  it('uses connections again', async () => {
    let connections = 0;
    const { url, server } = await listening((_request, response) => response.end('ok'));
    server.on('connection', () => (connections += 1));
    for (let i = 0; i < 20; i += 1) await get(url);
    // A second one opens while the first is not quite free yet.
    expect(connections).toBeLessThanOrEqual(2);
  });

  it('is had with credentials from the URL, which is reported without them', async () => {
    const { url } = await listening((request, response) => response.end(request.headers.authorization));
    const outcome = await get(url.replace('http://', 'http://bob:s%20cret@'));
    expect(outcome).toMatchObject({
      url: `${url}/`,
      body: Buffer.from(`Basic ${Buffer.from('bob:s cret').toString('base64')}`),
    });
  });
});

describe('a redirect', () => {
  it('is followed, relative and absolute, and counted', async () => {
    const { url } = await listening((request, response) => {
      const to = { '/a': '/b', '/b': `${url}/c` }[request.url ?? ''];
      if (to) response.writeHead(302, { location: to }).end('moved');
      else response.end(request.url);
    });
    expect(await get(`${url}/a`)).toMatchObject({ body: Buffer.from('/c'), redirectCount: 2, url: `${url}/c` });
  });

  it('is an answer when none may be followed, or it names no place', async () => {
    const { url } = await listening((request, response) => {
      response.writeHead(302, request.url === '/nowhere' ? {} : { location: '/b' }).end('moved');
    });
    expect(await get(url, { maxRedirects: 0 })).toMatchObject({
      kind: 'response',
      status: 302,
      body: Buffer.from('moved'),
    });
    expect(await get(`${url}/nowhere`)).toMatchObject({ kind: 'response', status: 302 });
    expect(await get(url, { followStatus: [307] })).toMatchObject({ kind: 'response', status: 302 });
  });

  it('without end is given up', async () => {
    let requests = 0;
    const { url } = await listening((_request, response) => {
      requests += 1;
      response.writeHead(307, { location: `/again/${requests}` }).end();
    });
    expect(await get(url, { maxRedirects: 3 })).toMatchObject({ kind: 'too-many-redirects', maxRedirects: 3 });
    expect(requests).toBe(4);
  });

  it.each([
    [303, 'POST', 'GET '],
    [302, 'POST', 'GET '],
    [307, 'POST', 'POST To=1'],
    [308, 'POST', 'POST To=1'],
  ] as const)('%i after %s becomes %j', async (status, method, expected) => {
    const { url } = await listening(async (request, response) => {
      if (request.url === '/') response.writeHead(status, { location: '/b' }).end();
      else response.end(`${request.method} ${await bodyOf(request)}`);
    });
    expect(await get(url, { method, body: 'To=1', headers: { 'Content-Type': 'text/plain' } })).toMatchObject({
      body: Buffer.from(expected),
    });
  });

  it('drops credentials when host, port or scheme change, and keeps them otherwise', async () => {
    const answer: RequestListener = (request, response) =>
      response.end(String(request.headers.authorization ?? request.headers.cookie));
    const other = await listening(answer);
    const { url } = await listening((request, response) => {
      if (request.url === '/out') response.writeHead(302, { location: other.url }).end();
      else if (request.url === '/in') response.writeHead(302, { location: '/end' }).end();
      else answer(request, response);
    });
    const withCredentials = url.replace('http://', 'http://bob:secret@');
    expect(await get(`${withCredentials}/in`)).toMatchObject({ body: Buffer.from('Basic Ym9iOnNlY3JldA==') });
    expect(await get(`${withCredentials}/out`)).toMatchObject({ body: Buffer.from('undefined') });
    const headers = { Authorization: 'Bearer x', Cookie: 'a=1' };
    expect(await get(`${url}/in`, { headers })).toMatchObject({ body: Buffer.from('Bearer x') });
    expect(await get(`${url}/out`, { headers })).toMatchObject({ body: Buffer.from('undefined') });
  });

  it.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://[::1]:8080/',
    'http://10.0.0.1/',
    'http://0x0a000001/',
    'http://user:pw@192.168.1.1/',
  ])('to the inside (%s) is refused', async (location) => {
    const { url } = await listening((_request, response) => response.writeHead(302, { location }).end());
    const outcome = await get(url);
    expect(outcome.kind).toBe('refused-address');
    expect(outcome.url).not.toContain('pw');
  });

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'http://', 'javascript:alert(1)'])(
    'to %s is no URL',
    async (location) => {
      const { url } = await listening((_request, response) => response.writeHead(302, { location }).end());
      expect(await get(url)).toMatchObject({ kind: 'invalid-url' });
    },
  );
});

describe('the limit of bytes', () => {
  const big =
    (announced: boolean): RequestListener =>
    (_request, response) => {
      if (announced) response.setHeader('content-length', 1_000_000);
      response.flushHeaders();
      const timer = setInterval(() => response.write(Buffer.alloc(10_000)), 1);
      response.on('close', () => clearInterval(timer)).on('error', () => undefined);
    };

  it('refuses what is announced to be too large, at the headers', async () => {
    const { url } = await listening((_request, response) =>
      response.writeHead(200, { 'content-length': 100_001 }).flushHeaders(),
    );
    expect(await get(url)).toEqual({ kind: 'too-large', limitBytes: 100_000, status: 200, url: `${url}/` });
  });

  it.each([true, false])('cuts an endless body as soon as it passes (announced: %s)', async (announced) => {
    const { url, server } = await listening(big(announced));
    const closed = new Promise((resolve) => server.on('connection', (socket) => socket.on('close', resolve)));
    const startedMs = performance.now();
    const overLimit = announced ? 'truncate' : 'refuse';
    const outcome = await get(url, { totalTimeoutMs: 10_000, overLimit });
    if (announced) expect(outcome).toMatchObject({ kind: 'response', isTruncated: true, body: Buffer.alloc(100_000) });
    else expect(outcome).toMatchObject({ kind: 'too-large', limitBytes: 100_000 });
    await closed;
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });

  it('takes exactly the limit', async () => {
    const { url } = await listening((_request, response) => response.end(Buffer.alloc(100_000)));
    expect(await get(url)).toMatchObject({ kind: 'response', isTruncated: false });
  });
});

describe('an encoded body', () => {
  const encoded =
    (body: Buffer, coding: string): RequestListener =>
    (_request, response) => {
      response.writeHead(200, { 'content-encoding': coding }).end(body);
    };

  it('comes decoded', async () => {
    for (const [coding, encode] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ] as const) {
      const { url } = await listening(encoded(encode(Buffer.from('<Response/>')), coding));
      expect(await get(url)).toMatchObject({ kind: 'response', body: Buffer.from('<Response/>'), isTruncated: false });
    }
  });

  it('that is a bomb is too large, or its beginning', async () => {
    for (const [coding, encode] of [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['br', brotliCompressSync],
    ] as const) {
      const { url } = await listening(encoded(encode(Buffer.alloc(2_000_000)), coding));
      expect(await get(url)).toMatchObject({ kind: 'too-large', limitBytes: 100_000, status: 200 });
      const outcome = await get(url, { overLimit: 'truncate' });
      expect(outcome).toMatchObject({ kind: 'response', body: Buffer.alloc(100_000), isTruncated: true });
    }
  });

  it('that cannot be decoded is no answer, but has a beginning', async () => {
    const { url } = await listening(encoded(Buffer.from('plain'), 'gzip'));
    expect(await get(url)).toMatchObject({ kind: 'broken', code: 'BAD_CONTENT_ENCODING', status: 200 });
    expect(await get(url, { overLimit: 'truncate' })).toMatchObject({ kind: 'response', body: Buffer.from('plain') });
  });
});

describe('the limit of headers', () => {
  /** Says `lines` forever, or once. */
  const saying = (first: string, line: string, repeat: boolean) =>
    new Promise<string>((resolve) => {
      const server = createTcpServer((socket) => {
        socket
          .on('error', () => undefined)
          .once('data', () => {
            socket.write(first);
            const timer = setInterval(() => repeat && socket.write(line.repeat(100)), 1);
            if (!repeat) socket.end(line);
            socket.on('close', () => clearInterval(timer));
          });
      }).listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
      servers.push(server);
    });
  const OK = 'HTTP/1.1 200 OK\r\n';

  it.each([
    ['one that never ends', OK + 'x-long: ', 'a'.repeat(100), 'UND_ERR_HEADERS_OVERFLOW'],
    ['ever more of them', OK, 'x-more: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n', 'UND_ERR_HEADERS_OVERFLOW'],
    [
      'ever more trailers',
      OK + 'transfer-encoding: chunked\r\n\r\n0\r\n',
      'x-more: aaaaaaaaaaaaaaaa\r\n',
      'UND_ERR_HEADERS_OVERFLOW',
    ],
    ['ever more answers before the answer', '', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', 'TOO_MANY_HEADERS'],
  ])('cuts off %s', async (_what, first, line, code) => {
    expect(await get(await saying(first, line, true))).toMatchObject({ kind: 'broken', code });
  });

  it('is also one of their number', async () => {
    const headers = (count: number) => 'a:b\r\n'.repeat(count) + 'content-length: 0\r\n\r\n';
    expect(await get(await saying(OK, headers(200), false))).toMatchObject({ kind: 'response', status: 200 });
    expect(await get(await saying(OK, headers(300), false))).toMatchObject({
      kind: 'broken',
      code: 'TOO_MANY_HEADERS',
    });
  });
});

describe('the deadline', () => {
  const timed = async (url: string, more: Partial<GuardedRequest>) => {
    const startedMs = performance.now();
    const outcome = await get(url, more);
    return { outcome, tookMs: performance.now() - startedMs };
  };

  it('ends the wait for a server that never answers', async () => {
    const { url } = await listening(() => undefined);
    const { outcome, tookMs } = await timed(url, { totalTimeoutMs: 300 });
    expect(outcome).toEqual({ kind: 'timed-out', stage: 'headers', url: `${url}/` });
    expect(tookMs).toBeLessThan(800);
  });

  it('ends the wait for headers on its own', async () => {
    const { url } = await listening(() => undefined);
    const { outcome, tookMs } = await timed(url, { totalTimeoutMs: 5_000, headersTimeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: 'timed-out', stage: 'headers' });
    expect(tookMs).toBeLessThan(800);
  });

  it('ends the wait for a connection on its own, and nothing is sent later', async () => {
    const hanging = new GuardedHttpClient({ allow: ['127.0.0.0/8'], maxConnectionsPerOrigin: 1 });
    let release = () => undefined as void;
    const paths: string[] = [];
    const { url } = await listening((request, response) => {
      paths.push(request.url ?? '');
      release = () => void response.end();
    });
    const ask = (path: string, more: Partial<GuardedRequest>) =>
      hanging.fetch({ url: `${url}${path}`, maxResponseBytes: 100, totalTimeoutMs: 5_000, ...more });
    const first = ask('/first', { connectTimeoutMs: 5_000 });
    // The one connection is taken, so that the second request gets none.
    const second = await ask('/second', { connectTimeoutMs: 150 });
    expect(second).toMatchObject({ kind: 'timed-out', stage: 'connect' });
    release();
    expect(await first).toMatchObject({ kind: 'response', status: 200 });
    await hanging.close();
    expect(paths).toEqual(['/first']);
  });

  it('ends a body that drips', async () => {
    const { url } = await listening((_request, response) => {
      const timer = setInterval(() => response.write('.'), 50);
      response.on('close', () => clearInterval(timer));
    });
    const { outcome, tookMs } = await timed(url, { totalTimeoutMs: 500, headersTimeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: 'timed-out', stage: 'body' });
    expect(tookMs).toBeLessThan(1_000);
  });

  it('ends a body that pauses for too long, and one that goes on lives', async () => {
    const dripping =
      (everyMs: number): RequestListener =>
      (_request, response) => {
        const timer = setInterval(() => response.write('.'), everyMs);
        setTimeout(() => response.end(), 1_000);
        response.on('close', () => clearInterval(timer));
      };
    const slow = await listening(dripping(600));
    const steady = await listening(dripping(50));
    const { outcome, tookMs } = await timed(slow.url, { totalTimeoutMs: 5_000, idleTimeoutMs: 300 });
    expect(outcome).toMatchObject({ kind: 'timed-out', stage: 'body' });
    expect(tookMs).toBeLessThan(950);
    expect((await timed(steady.url, { idleTimeoutMs: 300 })).outcome.kind).toBe('response');
  });

  it('of a body says which status the answer had', async () => {
    const { url } = await listening((_request, response) => response.writeHead(202).flushHeaders());
    expect(await get(url, { totalTimeoutMs: 300 })).toMatchObject({ kind: 'timed-out', stage: 'body', status: 202 });
  });

  it('ends the wait for a connection, for one request and for all', async () => {
    // TLS that is never answered: connected, and yet no connection.
    const silent = createTcpServer((socket) => void socket.on('error', () => undefined)).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    servers.push(silent);
    const url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
    const { outcome, tookMs } = await timed(url, { totalTimeoutMs: 5_000, connectTimeoutMs: 200 });
    expect(outcome).toMatchObject({ kind: 'timed-out', stage: 'connect' });
    expect(tookMs).toBeLessThan(800);
    const ofClient = await timed(url, { totalTimeoutMs: 5_000 });
    expect(ofClient.outcome).toMatchObject({ kind: 'timed-out', stage: 'connect' });
    expect(ofClient.tookMs).toBeLessThan(2_000);
    expect((await timed(url, { totalTimeoutMs: 200 })).outcome).toMatchObject({ kind: 'timed-out', stage: 'connect' });
  });

  it('covers redirects together', async () => {
    const { url } = await listening((request, response) => {
      setTimeout(() => response.writeHead(302, { location: `${request.url}x` }).end(), 150);
    });
    const { outcome, tookMs } = await timed(url, { totalTimeoutMs: 500, maxRedirects: 50 });
    expect(outcome.kind).toBe('timed-out');
    expect(tookMs).toBeLessThan(1_000);
  });

  it('leaves no timer behind', async () => {
    const { url } = await listening((_request, response) => response.end('ok'));
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    await get(url);
    const before = timers();
    for (let i = 0; i < 20; i += 1) await get(url, { totalTimeoutMs: 60_000 });
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

describe('no answer', () => {
  it('because the name does not exist', async () => {
    expect(await get('http://nobody.invalid/')).toMatchObject({ kind: 'dns-failed', url: 'http://nobody.invalid/' });
  });

  it('because nothing listens', async () => {
    const port = await unusedPort();
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'connect-failed', code: 'ECONNREFUSED' });
  });

  it('because it does not speak TLS', async () => {
    const { port } = await listening((_request, response) => response.end('plain'));
    expect(await get(`https://127.0.0.1:${port}/`)).toMatchObject({ kind: 'tls-failed' });
  });

  it.each([
    ['it hangs up', ''],
    ['it does not speak HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['it stops in mid-body', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'],
  ])('because %s', async (_why, said) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end(said));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    const { port } = server.address() as AddressInfo;
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'broken', code: expect.any(String) });
  });

  it('because it is no URL, said without credentials', async () => {
    expect(await get('http://u:hunter2@:80/')).toEqual({
      kind: 'invalid-url',
      reason: 'it is not an absolute URL',
      url: 'http://:80/',
    });
  });
});

describe('without an allow-list', () => {
  it('nothing connects to loopback, in whatever way it is written', async () => {
    let connections = 0;
    const { port, server } = await listening((_request, response) => response.end('inside'), '127.0.0.1');
    server.on('connection', () => (connections += 1));
    const onIpv6 = createTcpServer(() => (connections += 1)).listen(port, '::1');
    await Promise.race([once(onIpv6, 'listening'), once(onIpv6, 'error')]);
    servers.push({ close: () => onIpv6.listening && onIpv6.close() });
    const hosts = [
      '127.0.0.1',
      '127.1',
      '127.0.1',
      '2130706433',
      '0x7f000001',
      '0x7f.0.0.1',
      '0177.0.0.1',
      '017700000001',
      '0x7f.1',
      '127.0.0.1.',
      '%31%32%37.0.0.1',
      '127。0。0。1',
      '１２７.0.0.1',
      'ⓛocalhost',
      'localhost',
      'LOCALHOST',
      'localhost.',
      '0',
      '0.0.0.0',
      '[::1]',
      '[::]',
      '[0:0:0:0:0:0:0:1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '[::127.0.0.1]',
      '[64:ff9b::127.0.0.1]',
      '[2002:7f00:1::]',
      'user:pw@127.0.0.1',
      'example.com@127.0.0.1',
    ];
    const outcomes = await Promise.all(
      hosts.map(async (host) => [host, (await get(`http://${host}:${port}/`, {}, strict)).kind]),
    );
    // A resolver may not know `localhost.`; it must not be reached either way.
    for (const [host, kind] of outcomes)
      expect([host, kind === 'dns-failed' && host === 'localhost.' ? 'refused-address' : kind]).toEqual([
        host,
        'refused-address',
      ]);
    expect(connections).toBe(0);
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'response', body: Buffer.from('inside') });
    expect(connections).toBe(1);
  });

  it('refuses TLS to the inside as well', async () => {
    expect((await get('https://127.0.0.1/', {}, strict)).kind).toBe('refused-address');
    expect((await get('https://localhost/', {}, strict)).kind).toBe('refused-address');
  });
});
