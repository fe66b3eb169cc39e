import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DnsResolver } from './dns-resolver.js';
import type { DnsResolverOptions } from './dns-resolver.js';
import { HostsFile } from './hosts-file.js';
import { NameServer } from './testing/name-server.js';

let names: NameServer;
beforeAll(async () => {
  names = await NameServer.start();
});
afterAll(() => names.close());

const resolverWith = (options: DnsResolverOptions = {}) => new DnsResolver({ servers: [names.address], ...options });

describe('a name', () => {
  it('has its addresses of both families, IPv4 first', async () => {
    names.set('both.test', { A: ['192.0.2.1', '192.0.2.2'], AAAA: ['2001:db8::1'] });
    names.set('only6.test', { AAAA: ['2001:db8::2'] });
    expect((await resolverWith().resolve('both.test')).map(({ address, family }) => [address, family])).toEqual([
      ['192.0.2.1', 4],
      ['192.0.2.2', 4],
      ['2001:db8::1', 6],
    ]);
    expect(await resolverWith().resolve('only6.test')).toEqual([{ address: '2001:db8::2', family: 6 }]);
  });

  it('has those of its alias', async () => {
    names.set('alias.test', { CNAME: 'real.test', A: ['192.0.2.3'] });
    expect(await resolverWith().resolve('alias.test')).toEqual([{ address: '192.0.2.3', family: 4 }]);
  });

  it('that does not exist, has no address, or whose server fails, is told from the others', async () => {
    names.set('empty.test', {});
    names.set('failing.test', { A: 'failure', AAAA: 'failure' });
    await expect(resolverWith().resolve('nobody.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolverWith().resolve('empty.test')).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolverWith().resolve('failing.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('of which only one family is answered is not waited for long', async () => {
    names.set('half.test', { A: ['192.0.2.4'], AAAA: 'silence' });
    const startedMs = performance.now();
    expect(await resolverWith().resolve('half.test')).toEqual([{ address: '192.0.2.4', family: 4 }]);
    expect(performance.now() - startedMs).toBeLessThan(1_100);
  });

  it('is looked up once for all who ask at the same time, and anew for those who come later', async () => {
    names.set('popular.test', { A: ['192.0.2.5'] });
    const resolver = resolverWith();
    await Promise.all(Array.from({ length: 50 }, () => resolver.resolve('popular.test')));
    const asked = () => names.questions.filter((question) => question === 'A popular.test').length;
    expect(asked()).toBe(1);
    await resolver.resolve('popular.test');
    expect(asked()).toBe(2);
  });

  it('localhost is never asked of a name server', async () => {
    names.set('localhost', { A: ['8.8.8.8'] });
    names.set('sub.localhost', { A: ['8.8.8.8'] });
    for (const name of ['localhost', 'sub.localhost'])
      expect((await resolverWith().resolve(name)).map(({ address }) => address)).toEqual(['127.0.0.1', '::1']);
  });

  it('of the hosts file has the addresses there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hosts-'));
    const path = join(folder, 'hosts');
    await writeFile(
      path,
      '# mine\n192.0.2.7 Known.test other.test # both\n2001:db8::7\tknown.test\nrubbish known.test\n',
    );
    const resolver = resolverWith({ hostsFile: new HostsFile(path) });
    expect(await resolver.resolve('known.test')).toEqual([
      { address: '192.0.2.7', family: 4 },
      { address: '2001:db8::7', family: 6 },
    ]);
    expect(await resolver.resolve('other.test')).toEqual([{ address: '192.0.2.7', family: 4 }]);
    await rm(folder, { recursive: true });
    const without = resolverWith({ hostsFile: new HostsFile(path) });
    await expect(without.resolve('known.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});

describe('a name server that hangs', () => {
  it('delays the look-ups of its names only, however many', async () => {
    for (let i = 0; i < 200; i += 1) names.set(`slow${i}.test`, { A: 'silence', AAAA: 'silence' });
    names.set('quick.test', { A: ['192.0.2.8'] });
    const resolver = resolverWith({ timeoutMs: 2_000 });
    let slowDone = 0;
    const slow = Array.from({ length: 200 }, (_, i) =>
      resolver.resolve(`slow${i}.test`).catch((error: { code: string }) => ((slowDone += 1), error.code)),
    );
    await Promise.all(Array.from({ length: 20 }, () => resolver.resolve('quick.test')));
    expect(slowDone).toBe(0);
    expect(new Set(await Promise.all(slow))).toEqual(new Set(['ETIMEOUT']));
  });

  it('is given up in time, and so is the wait for a turn', async () => {
    names.set('slow.test', { A: 'silence', AAAA: 'silence' });
    names.set('next.test', { A: ['192.0.2.9'] });
    const resolver = resolverWith({ timeoutMs: 300, maxConcurrent: 1 });
    const startedMs = performance.now();
    const [first, second] = await Promise.allSettled([resolver.resolve('slow.test'), resolver.resolve('next.test')]);
    expect(first).toMatchObject({ reason: { code: 'ETIMEOUT' } });
    // Its turn may come at the very moment at which it gives up.
    if (second.status === 'rejected') expect(second.reason).toMatchObject({ code: 'ETIMEOUT' });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(await resolver.resolve('next.test')).toEqual([{ address: '192.0.2.9', family: 4 }]);
    const all = await Promise.all(
      ['a', 'b', 'c'].map(
        (name) => (names.set(`${name}.test`, { A: ['192.0.2.1'] }), resolver.resolve(`${name}.test`)),
      ),
    );
    expect(all).toHaveLength(3);
  });
});
