import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { DnsResolver } from './dns-resolver.js';
import { GuardedHttpClient } from './guarded-client.js';
import type { GuardedHttpOptions } from './guarded-client.js';
import { TestAuthority } from './testing/certificates.js';
import type { Certificate } from './testing/certificates.js';
import { ForwardProxy } from './testing/forward-proxy.js';
import { NameServer } from './testing/name-server.js';

const toClose: (() => unknown)[] = [];
let names: NameServer;

beforeEach(async () => {
  names = await NameServer.start();
  toClose.push(() => names.close());
});
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

const clientWith = (options: Partial<GuardedHttpOptions>): GuardedHttpClient => {
  const resolver = new DnsResolver({ servers: [names.address] });
  const client = new GuardedHttpClient({ allow: [], resolver, connectTimeoutMs: 2_000, ...options });
  toClose.push(() => client.close());
  return client;
};
const get = (client: GuardedHttpClient, url: string) =>
  client.fetch({ url, maxResponseBytes: 10_000, totalTimeoutMs: 5_000, maxRedirects: 2 });

async function listening(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  toClose.push(() => server.close());
  return (server.address() as AddressInfo).port;
}
const answering =
  (text: string): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { connection: 'close' }).end(text);
  };
const secure = (certificate: Certificate, listener: RequestListener) => createTlsServer(certificate, listener);

describe('a name that changes its address (rebinding)', () => {
  it('is looked up once for each connection, and that address is used', async () => {
    const inside = createServer(answering('inside'));
    let connectionsInside = 0;
    inside.on('connection', () => (connectionsInside += 1));
    const port = await listening(createServer(answering('outside')));
    await listening(inside, '::1', port);
    names.set('rebind.test', { A: [['127.0.0.1'], []], AAAA: [[], ['::1']] });
    const client = clientWith({ allow: ['127.0.0.1'] });

    expect(await get(client, `http://rebind.test:${port}/`)).toMatchObject({ body: Buffer.from('outside') });
    expect([...names.questions].sort()).toEqual(['A rebind.test', 'AAAA rebind.test']);
    expect(await get(client, `http://rebind.test:${port}/`)).toMatchObject({ kind: 'refused-address' });
    expect(connectionsInside).toBe(0);
  });

  it('keeps to the addresses that the operator allows, where others beside them are inside', async () => {
    const inside = createServer(answering('inside'));
    const port = await listening(createServer(answering('allowed')));
    await listening(inside, '::1', port);
    names.set('both.test', { A: ['127.0.0.1'], AAAA: ['::1'] });
    for (const [allow, body] of [
      ['127.0.0.1', 'allowed'],
      ['::1', 'inside'],
    ] as const) {
      const outcome = await get(clientWith({ allow: [allow] }), `http://both.test:${port}/`);
      expect(outcome).toMatchObject({ body: Buffer.from(body) });
    }
  });

  it('tries every checked address of a name until one answers', async () => {
    const port = await listening(createServer(answering('second')), '::1');
    names.set('two.test', { A: ['127.0.0.1'], AAAA: ['::1'] });
    const client = clientWith({ allow: ['127.0.0.1', '::1'] });
    expect(await get(client, `http://two.test:${port}/`)).toMatchObject({ body: Buffer.from('second') });
  });
});

describe('the allow-list', () => {
  it('opens one port of an address, and no other', async () => {
    const port = await listening(createServer(answering('open')));
    const closed = await listening(createServer(answering('closed')));
    const client = clientWith({ allow: [`127.0.0.1:${port}`] });
    expect(await get(client, `http://127.0.0.1:${port}/`)).toMatchObject({ body: Buffer.from('open') });
    expect(await get(client, `http://127.0.0.1:${closed}/`)).toMatchObject({ kind: 'refused-address' });
  });

  it('opens a name, as this machine resolves it, and not the address behind it', async () => {
    const port = await listening(createServer(answering('named')));
    const client = clientWith({ allow: ['localhost'] });
    expect(await get(client, `http://LOCALHOST.:${port}/`)).toMatchObject({ body: Buffer.from('named') });
    expect(await get(client, `http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'refused-address' });
    expect(names.questions).toEqual([]);
  });
});

describe('TLS', () => {
  const authority = new TestAuthority();
  const trusting = { allow: ['127.0.0.1', '::1'], trustedAuthorities: [authority.certificate] };

  it('asks for the name, not the address, and verifies it', async () => {
    const askedFor: unknown[] = [];
    const server = secure(authority.issue('hooks.test'), (request: IncomingMessage, response) => {
      askedFor.push((request.socket as TLSSocket).servername, request.headers.host);
      response.end('secret');
    });
    const port = await listening(server);
    names.set('hooks.test', { A: ['127.0.0.1'] });
    names.set('other.test', { A: ['127.0.0.1'] });
    const client = clientWith(trusting);
    expect(await get(client, `https://hooks.test:${port}/`)).toMatchObject({ body: Buffer.from('secret') });
    expect(askedFor).toEqual(['hooks.test', `hooks.test:${port}`]);
    const mismatch = { kind: 'tls-failed', code: 'ERR_TLS_CERT_ALTNAME_INVALID' };
    expect(await get(client, `https://other.test:${port}/`)).toMatchObject(mismatch);
    expect(await get(client, `https://127.0.0.1:${port}/`)).toMatchObject(mismatch);
    expect(askedFor).toHaveLength(2);
  });

  it('does not trust a certificate that nobody known has signed', async () => {
    let requests = 0;
    const port = await listening(secure(authority.issue('hooks.test'), () => (requests += 1)));
    names.set('hooks.test', { A: ['127.0.0.1'] });
    const client = clientWith({ allow: ['127.0.0.1'] });
    expect(await get(client, `https://hooks.test:${port}/`)).toMatchObject({ kind: 'tls-failed' });
    expect(requests).toBe(0);
  });

  it('resumes its session, and is verified all the same', async () => {
    const resumed: boolean[] = [];
    const server = secure(authority.issue('hooks.test'), (request, response) => {
      resumed.push((request.socket as TLSSocket).isSessionReused());
      response.writeHead(200, { connection: 'close' }).end('ok');
    });
    const port = await listening(server);
    for (const name of ['hooks.test', 'other.test']) names.set(name, { A: ['127.0.0.1'] });
    const client = clientWith(trusting);
    for (let i = 0; i < 3; i += 1) await get(client, `https://hooks.test:${port}/`);
    expect(resumed).toEqual([false, true, true]);
    expect(await get(client, `https://other.test:${port}/`)).toMatchObject({ kind: 'tls-failed' });
  });
});

describe('a proxy', () => {
  let proxy: ForwardProxy;
  /** Stands for the outside world: public addresses, which only the proxy reaches. */
  let outsidePort: number;
  const authority = new TestAuthority();

  beforeEach(async () => {
    proxy = await ForwardProxy.start();
    toClose.push(() => proxy.close());
    outsidePort = await listening(createServer(answering('outside')));
    proxy.leadsTo = outsidePort;
    names.set('hooks.test', {
      A: ['93.184.215.14', '93.184.215.15'],
      AAAA: ['2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
    });
  });

  it('is asked for the address that was checked, for http', async () => {
    const client = clientWith({ proxy: { http: proxy.url } });
    expect(await get(client, 'http://hooks.test/x')).toMatchObject({ body: Buffer.from('outside') });
    expect(await get(client, 'http://8.8.8.8:8080/')).toMatchObject({ body: Buffer.from('outside') });
    expect(await get(client, 'http://[2001:4860:4860::8888]/')).toMatchObject({ body: Buffer.from('outside') });
    expect(proxy.asked).toEqual(['93.184.215.14:80', '8.8.8.8:8080', '[2001:4860:4860::8888]:80']);
    expect(proxy.credentials).toEqual([undefined, undefined, undefined]);
  });

  it('carries TLS that is verified against the name, for https; with credentials', async () => {
    const askedFor: unknown[] = [];
    const listener: RequestListener = (request, response) => {
      askedFor.push((request.socket as TLSSocket).servername, request.headers['proxy-authorization']);
      response.end('secret');
    };
    proxy.leadsTo = await listening(secure(authority.issue('hooks.test'), listener));
    names.set('other.test', { A: ['93.184.215.14'] });
    const client = clientWith({
      proxy: { https: proxy.url.replace('http://', 'http://bob:s%20cret@') },
      trustedAuthorities: [authority.certificate],
    });
    expect(await get(client, 'https://hooks.test/')).toMatchObject({ body: Buffer.from('secret') });
    expect(askedFor).toEqual(['hooks.test', undefined]);
    expect(proxy.asked).toEqual(['93.184.215.14:443']);
    expect(proxy.credentials).toEqual([`Basic ${Buffer.from('bob:s cret').toString('base64')}`]);
    expect(await get(client, 'https://other.test/')).toMatchObject({ kind: 'tls-failed' });
  });

  it('is never asked for what is inside', async () => {
    const client = clientWith({ proxy: { http: proxy.url, https: proxy.url } });
    names.set('inside.test', { A: ['10.0.0.1'] });
    names.set('mixed.test', { A: ['93.184.215.14', '10.0.0.1'] });
    for (const url of [
      'http://10.0.0.1/',
      'https://[fd00::1]/',
      'http://inside.test/',
      'https://mixed.test/',
      'http://169.254.169.254/',
      `http://127.0.0.1:${outsidePort}/`,
      `${proxy.url}/`,
    ])
      expect([url, (await get(client, url)).kind]).toEqual([url, 'refused-address']);
    expect(proxy.asked).toEqual([]);
  });

  it('is asked on each hop anew, and never for a redirect to the inside', async () => {
    const location = 'http://10.0.0.1/';
    proxy.leadsTo = await listening(
      createServer((request, response) =>
        response.writeHead(302, { location: request.url === '/' ? '/2' : location }).end(),
      ),
    );
    const client = clientWith({ proxy: { http: proxy.url } });
    expect(await get(client, 'http://8.8.8.8/')).toMatchObject({ kind: 'refused-address', url: location });
    expect(new Set(proxy.asked)).toEqual(new Set(['8.8.8.8:80']));
  });

  it('is passed over for this machine and for the exceptions', async () => {
    const client = clientWith({ allow: ['127.0.0.0/8'], proxy: { http: proxy.url, except: 'example.org' } });
    expect(await get(client, `http://127.0.0.1:${outsidePort}/`)).toMatchObject({ body: Buffer.from('outside') });
    expect(proxy.asked).toEqual([]);
  });

  it('that refuses, or is not there, is a connection that failed, and says so', async () => {
    const client = clientWith({ proxy: { http: proxy.url, https: 'http://127.0.0.1:1/' } });
    proxy.refusal = 407;
    expect(await get(client, 'http://hooks.test/')).toMatchObject({ kind: 'connect-failed', code: 'PROXY_407' });
    expect(proxy.asked).toHaveLength(1);
    expect(await get(client, 'https://hooks.test/')).toMatchObject({
      kind: 'connect-failed',
      code: 'PROXY_ECONNREFUSED',
    });
    proxy.refusal = 502;
    proxy.asked.length = 0;
    expect(await get(client, 'http://hooks.test/')).toMatchObject({ kind: 'connect-failed', code: 'PROXY_502' });
    expect(proxy.asked).toEqual([
      '93.184.215.14:80',
      '93.184.215.15:80',
      '[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:80',
    ]);
  });

  it('that does not answer is given up in time', async () => {
    const port = await listening(createServer().on('connect', () => undefined));
    const client = clientWith({ proxy: { http: `http://127.0.0.1:${port}` }, connectTimeoutMs: 200 });
    expect(await get(client, 'http://hooks.test/')).toMatchObject({ kind: 'timed-out', stage: 'connect' });
  });
});
