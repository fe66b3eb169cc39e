import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DnsResolver } from './dns-resolver.js';
import { GuardedHttpClient } from './guarded-client.js';
import { CountingListeners } from './testing/counting-listeners.js';
import { NameServer } from './testing/name-server.js';
import type { NameRecords } from './testing/name-server.js';

/** One line of corpus/hostile-urls.json: a URL, or where an outside server redirects to; what it resolves to; how it is refused. */
interface HostileUrl {
  trick: string;
  url?: string;
  redirect?: { status: number; location: string };
  dns?: Record<string, NameRecords>;
  code: 'invalid-url' | 'refused-address';
}

const file = new URL('../corpus/hostile-urls.json', import.meta.url);
const corpus = JSON.parse(readFileSync(file, 'utf8')) as HostileUrl[];

let inside: CountingListeners;
let names: NameServer;
let outside: Server;
let client: GuardedHttpClient;

beforeAll(async () => {
  inside = await CountingListeners.start(3);
  names = await NameServer.start();
  for (const { dns = {} } of corpus) for (const [name, records] of Object.entries(dns)) names.set(name, records);
  // The outside world: the one address and port that the operator allows.
  outside = createServer((request, response) => {
    const to = new URL(request.url ?? '', 'http://outside').searchParams;
    response.writeHead(Number(to.get('status')), { location: to.get('location') ?? '' }).end();
  }).listen(0, '127.0.0.1');
  await once(outside, 'listening');
  const resolver = new DnsResolver({ servers: [names.address] });
  client = new GuardedHttpClient({ allow: [`127.0.0.1:${outsidePort()}`], resolver });
});
afterAll(async () => {
  await client.close();
  outside.close();
  names.close();
  inside.close();
});

const outsidePort = (): number => (outside.address() as AddressInfo).port;

const withPorts = (text: string): string =>
  ['{port}', '{port2}', '{port3}'].reduce((url, name, i) => url.replaceAll(name, String(inside.ports[i])), text);

const urlOf = ({ url = '', redirect }: HostileUrl): string => {
  if (!redirect) return withPorts(url);
  const { status, location } = redirect;
  return `http://127.0.0.1:${outsidePort()}/?status=${status}&location=${encodeURIComponent(withPorts(location))}`;
};

const get = (url: string) => client.fetch({ url, maxResponseBytes: 1_000, totalTimeoutMs: 10_000, maxRedirects: 5 });

it('is a corpus of many different tricks', () => {
  expect(corpus.length).toBeGreaterThan(300);
  expect(new Set(corpus.map(({ trick }) => trick)).size).toBe(corpus.length);
});

it.each(corpus.map((entry): [string, HostileUrl] => [entry.trick, entry]))('%s: is refused', async (_trick, entry) => {
  const connectionsBefore = inside.connections;
  const outcome = await get(urlOf(entry));
  // The listeners hear of a connection before its client's answer; one turn more is for the operating system.
  await new Promise((resolve) => setImmediate(resolve));
  expect({ kind: outcome.kind, connections: inside.connections - connectionsBefore }).toEqual({
    kind: entry.code,
    connections: 0,
  });
  expect(outcome).toHaveProperty('reason', expect.stringMatching(/\w/));
  expect(outcome.url).not.toMatch(/user|pw/);
});

it('nobody inside was connected to, and the listeners do hear', async () => {
  expect(inside.connections).toBe(0);
  const all = new GuardedHttpClient({ allow: ['127.0.0.0/8', '::1'] });
  for (const port of inside.ports) {
    await all.fetch({ url: `http://127.0.0.1:${port}/`, maxResponseBytes: 1, totalTimeoutMs: 3_000 });
    await all.fetch({ url: `http://[::1]:${port}/`, maxResponseBytes: 1, totalTimeoutMs: 3_000 });
  }
  expect(inside.connections).toBeGreaterThanOrEqual(2 * inside.ports.length);
  await all.close();
});
