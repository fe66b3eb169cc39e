import { describe, expect, it } from '@jest/globals';
import { EgressProxy } from './egress-proxy.js';

const http = 'http://proxy.internal:3128';
const https = 'http://secure-proxy.internal:3128';
const toPublic = [{ address: '93.184.215.14', family: 4 }];
const at = (...addresses: string[]) => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
const hooks = { host: 'hooks.example.com', port: 443 };

describe('the proxy of a request', () => {
  it('is that of its scheme', () => {
    const proxy = new EgressProxy({ http, https });
    expect(proxy.proxyFor('http:', hooks, toPublic)?.host).toBe('proxy.internal:3128');
    expect(proxy.proxyFor('https:', hooks, toPublic)?.host).toBe('secure-proxy.internal:3128');
    expect(new EgressProxy({ http }).proxyFor('https:', hooks, toPublic)).toBeUndefined();
    expect(new EgressProxy().proxyFor('http:', hooks, toPublic)).toBeUndefined();
  });

  it('is none for a loopback address, however it is written or named', () => {
    const proxy = new EgressProxy({ http });
    for (const addresses of [at('127.0.0.1'), at('::1'), at('::ffff:127.0.0.1'), at('127.0.0.1', '::1')])
      expect(proxy.proxyFor('http:', hooks, addresses)).toBeUndefined();
    expect(proxy.proxyFor('http:', hooks, at('127.0.0.1', '10.0.0.1'))).toBeDefined();
  });

  it.each([
    ['example.com', true],
    ['.example.com', true],
    ['*.example.com', true],
    ['EXAMPLE.com', true],
    ['hooks.example.com', true],
    ['a.test, example.com', true],
    ['a.test example.com', true],
    ['hooks.example.com:443', true],
    ['example.com:443', true],
    ['*', true],
    ['93.184.215.14', true],
    ['93.184.0.0/16', true],
    ['93.184.215.14:443', true],
    ['::/0,93.184.215.14/32', true],
    ['', false],
    ['ample.com', false],
    ['xhooks.example.com', false],
    ['a.hooks.example.com', false],
    ['hooks.example.com:80', false],
    ['93.184.215.15', false],
    ['94.0.0.0/8', false],
    ['93.184.215.14:80', false],
    ['93.184.215.14/99', false],
    ['::/0', false],
  ])('NO_PROXY=%s: reached directly: %s', (except, isDirect) => {
    const proxy = new EgressProxy({ https, except });
    expect(proxy.proxyFor('https:', hooks, toPublic) === undefined).toBe(isDirect);
  });

  it('is none by an address only where all addresses are excepted', () => {
    const proxy = new EgressProxy({ http, except: '10.0.0.0/8,fd00::/8' });
    expect(proxy.proxyFor('http:', hooks, at('10.1.1.1', '10.2.2.2'))).toBeUndefined();
    expect(proxy.proxyFor('http:', hooks, at('10.1.1.1', '8.8.8.8'))).toBeDefined();
    expect(proxy.proxyFor('http:', hooks, at('fd00::1'))).toBeUndefined();
  });
});
