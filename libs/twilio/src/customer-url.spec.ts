import { describe, expect, it } from '@jest/globals';
import { isCustomerUrl, isStatusCallbackUrl } from './customer-url.js';

describe('isCustomerUrl', () => {
  it.each([
    'http://example.com',
    'https://example.com:8443/status?tenant=7#rc=2',
    'HTTPS://Example.COM/',
    'https://user:pass@example.com/x',
    'http://localhost:3000/x',
    'http://127.0.0.1/x',
    'http://[::1]:8080/x',
    'https://bücher.example/é',
    'https://example.com./x',
    'https://my_bucket.example.com/heart.png',
  ])('takes %s', (url) => expect(isCustomerUrl(url)).toBe(true));

  it.each([
    '',
    'example.com/x',
    '/status',
    '//example.com/x',
    'ftp://example.com/x',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'javascript:alert(1)',
    'http:example.com',
    'http:/example.com',
    'http:\\\\example.com',
    'http://',
    'http:///x',
    'http://?x',
    'http://exa mple.com',
    ' http://example.com',
    'http://example.com/a b',
    'http://example.com/\0',
    'http://example.com/\n',
    'http://example..com/',
    'http://-example.com/',
    'http://.',
    'http://256.1.1.1/',
    'http://example.com:99999/',
    `http://${'a'.repeat(64)}.com/`,
  ])('refuses %j', (url) => expect(isCustomerUrl(url)).toBe(false));
});

describe('isStatusCallbackUrl', () => {
  it('takes no URL that the client would not request', () => {
    const path = 'a'.repeat(8_192 - 'https://example.com/'.length);
    expect(isCustomerUrl(`https://example.com/${path}`)).toBe(true);
    expect(isCustomerUrl(`https://example.com/${path}a`)).toBe(false);
  });

  it('allows an underscore in the path but not in the host', () => {
    expect(isStatusCallbackUrl('https://hooks.example.com/sms_status')).toBe(true);
    expect(isStatusCallbackUrl('https://my_hooks.example.com/status')).toBe(false);
    expect(isStatusCallbackUrl('status')).toBe(false);
  });
});
