import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressPolicy } from './address-policy.js';
import { isAllowEntry } from './allow-list.js';

const strict = new AddressPolicy([]);
const somewhere = { host: 'hooks.example.com', port: 443 };

describe('an address that is inside', () => {
  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.100.100.200',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '168.63.129.16',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:169.254.169.254',
    '0:0:0:0:0:ffff:c0a8:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::127.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::1',
    '100::1',
    '2001::1',
    '2001:0:7f00:1::',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:7f00:1::1',
    '2002:a9fe:a9fe::1',
    '2002:808:808::1',
    '3fff::1',
    '5f00::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fec0::1',
    'ff02::1',
    'ff0e::1',
    '4000::1',
  ])('%s is refused', (address) => {
    expect(strict.judge(address, somewhere)).toEqual({ kind: 'refused', reason: expect.any(String) });
  });

  it.each(['', 'localhost', '1.2.3.4.5', 'example.com', '::g'])('what is no address (%j) is refused', (text) => {
    expect(strict.judge(text, somewhere)).toEqual({ kind: 'refused', reason: 'not an IP address' });
  });

  it('says why', () => {
    expect(strict.judge('::ffff:169.254.169.254', somewhere)).toEqual({ kind: 'refused', reason: 'link-local' });
    expect(strict.judge('64:ff9b::10.0.0.1', somewhere)).toEqual({ kind: 'refused', reason: 'NAT64 of private' });
    expect(strict.judge('fd00::1', somewhere)).toEqual({ kind: 'refused', reason: 'not public unicast (uniqueLocal)' });
  });
});

describe('a public address', () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2001:4860:4860::8888',
    '2606:4700:4700::1111',
    '2a00:1450::1',
  ])('%s passes', (address) => {
    expect(strict.judge(address, somewhere)).toEqual({ kind: 'public' });
  });
});

describe('the allow-list', () => {
  it('lets pass what it names, also v4-mapped, and nothing beside', () => {
    const policy = new AddressPolicy(['127.0.0.0/8', '10.1.2.3', 'fd00::/64', '::1']);
    for (const address of ['127.0.0.1', '127.9.9.9', '::ffff:127.0.0.1', '10.1.2.3', 'fd00::5', '::1']) {
      expect([address, policy.judge(address, somewhere).kind]).toEqual([address, 'allowed']);
    }
    for (const address of ['10.1.2.4', '128.0.0.1', 'fd00:0:0:1::5', '::2', '192.168.0.1']) {
      expect([address, policy.judge(address, somewhere).kind]).not.toEqual([address, 'allowed']);
    }
    expect(policy.judge('192.168.0.1', somewhere).kind).toBe('refused');
    expect(policy.judge('8.8.8.8', somewhere).kind).toBe('public');
  });

  it('is held to the port where an entry has one', () => {
    const policy = new AddressPolicy(['10.0.0.0/8:8080', '127.0.0.1:3000', '[::1]:3000', '[fd00::/8]:8080', '::2']);
    const kindOf = (address: string, port: number) => policy.judge(address, { host: 'x.test', port }).kind;
    for (const [address, port] of [
      ['10.9.9.9', 8080],
      ['127.0.0.1', 3000],
      ['::1', 3000],
      ['fd12::1', 8080],
      ['::2', 443],
    ] as const) {
      expect([address, kindOf(address, port)]).toEqual([address, 'allowed']);
      expect([address, kindOf(address, port + 1)]).toEqual([address, address === '::2' ? 'allowed' : 'refused']);
    }
  });

  it('lets a name lead anywhere, and the names below it only where it says so', () => {
    const policy = new AddressPolicy(['hooks.internal', '*.dev.example.com', 'One.Port:8080', 'localhost']);
    const kindOf = (host: string, port = 443) => policy.judge('10.0.0.1', { host, port }).kind;
    for (const host of ['hooks.internal', 'a.dev.example.com', 'a.b.dev.example.com', 'localhost'])
      expect([host, kindOf(host)]).toEqual([host, 'allowed']);
    for (const host of ['a.hooks.internal', 'xhooks.internal', 'dev.example.com', 'adev.example.com', 'internal', ''])
      expect([host, kindOf(host)]).toEqual([host, 'refused']);
    expect([kindOf('one.port', 8080), kindOf('one.port', 8081)]).toEqual(['allowed', 'refused']);
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0/8',
    '010.0.0.1/8',
    '0x7f.1',
    '127.1',
    '2130706433',
    '::1/129',
    '[::1',
    '[localhost]',
    'fe80::1:8080:',
    'a..b',
    '-a.b',
    'a b',
    'http://a.b',
    'a.b/8',
    'a.b:0',
    'a.b:65536',
    'a.b:',
    '*',
    '*.',
    'a.*.b',
    'u@a.b',
  ])('does not take %j', (entry) => {
    expect(() => new AddressPolicy([entry])).toThrow(RangeError);
    expect(isAllowEntry(entry)).toBe(false);
  });
});

const octet = fc.integer({ min: 0, max: 255 });
const ipv4 = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));

it('an IPv4 address inside IPv6 is never let pass where the IPv4 address itself is not', () => {
  fc.assert(
    fc.property(ipv4, fc.constantFrom('::ffff:', '64:ff9b::', '::'), (address, prefix) => {
      const isPublic = strict.judge(prefix + address, somewhere).kind === 'public';
      expect(isPublic && strict.judge(address, somewhere).kind !== 'public').toBe(false);
    }),
    { numRuns: 2_000 },
  );
});
