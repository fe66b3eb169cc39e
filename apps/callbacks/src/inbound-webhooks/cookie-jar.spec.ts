import { describe, expect, it } from '@jest/globals';
import { cookieHeader, keepCookies, type StoredCookie } from './cookie-jar.js';

const NOW = Date.parse('2026-11-25T03:00:00.000Z');
const HERE = 'https://customer.example/app/sms';
const after = (setCookie: string, url = HERE, jar: readonly StoredCookie[] = []) =>
  keepCookies(jar, url, setCookie, NOW);
const sentTo = (jar: readonly StoredCookie[], url: string, laterMs = 0) => cookieHeader(jar, url, NOW + laterMs);

describe('the cookies of a pair', () => {
  it('go back to where they came from, several at once, also where a date has a comma', () => {
    const jar = after('a=1; Path=/; Expires=Wed, 25 Nov 2026 04:00:00 GMT, b="2"; HttpOnly, c=x=y');
    expect(sentTo(jar, HERE)).toBe('b="2"; c=x=y; a=1');
  });

  it.each([
    ['another host', 'https://other.example/app/sms', null],
    ['a host beneath', 'https://www.customer.example/app/sms', null],
    ['another port', 'https://customer.example:8443/app/sms', 'a=1'],
    ['another path', 'https://customer.example/other', null],
    ['a path that begins alike', 'https://customer.example/application', null],
    ['a path beneath', 'https://customer.example/app/x/y', 'a=1'],
    ['no URL', 'sms', null],
  ])('to %s', (_, url, expected) => {
    expect(sentTo(after('a=1; Domain=example'), url)).toBe(expected);
  });

  it('that are secure go over https only', () => {
    const jar = after('a=1; Secure');
    expect([sentTo(jar, HERE), sentTo(jar, HERE.replace('https', 'http'))]).toEqual(['a=1', null]);
  });

  it('end at their time; Max-Age counts before Expires, and 0 takes one away', () => {
    const jar = after('a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT');
    expect([sentTo(jar, HERE, 59_999), sentTo(jar, HERE, 60_000)]).toEqual(['a=1', null]);
    expect(after('a=; Max-Age=0', HERE, jar)).toEqual([]);
  });

  it('are replaced by name, host and path', () => {
    expect(sentTo(after('a=2', HERE, after('a=1')), HERE)).toBe('a=2');
    expect(sentTo(after('a=2; Path=/', HERE, after('a=1')), HERE)).toBe('a=1; a=2');
  });

  it('are not kept without a name, with control characters, or over 4 kB; fifty at most', () => {
    expect(after('=1')).toEqual([]);
    expect(after('novalue')).toEqual([]);
    expect(after('a=\u0007')).toEqual([]);
    expect(after(`a=${'x'.repeat(5_000)}`)).toEqual([]);
    const many = Array.from({ length: 60 }, (_, index) => `c${index}=1`).join(', ');
    expect(after(many)).toHaveLength(50);
  });

  it('stay as they are where an answer sets none', () => {
    const jar = after('a=1');
    expect(keepCookies(jar, HERE, undefined, NOW)).toBe(jar);
  });
});
