import { describe, expect, it } from '@jest/globals';
import { parseTarget, withoutCredentials } from './target-url.js';

describe('parseTarget', () => {
  it('takes credentials out of the URL', () => {
    const target = parseTarget('https://bob%40x:p%3Ass@example.com:8443/a?b=1#c');
    expect(target).toMatchObject({ authorization: `Basic ${Buffer.from('bob@x:p:ss').toString('base64')}` });
    expect('url' in target && target.url.href).toBe('https://example.com:8443/a?b=1');
  });

  it.each([
    '',
    'example.com',
    '/a',
    'http://',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:,x',
    'http://[::1',
    'http://a b/',
  ])('refuses %j', (text) => {
    expect(parseTarget(text)).toEqual({ reason: expect.any(String) });
  });

  it('refuses a very long URL', () => {
    expect(parseTarget(`http://example.com/${'a'.repeat(9_000)}`)).toEqual({
      reason: 'it is longer than 8192 characters',
    });
  });
});

describe('withoutCredentials', () => {
  it.each([
    ['https://u:hunter2@example.com/a@b', 'https://example.com/a@b'],
    ['http://u:hunter2@host:99999/', 'http://host:99999/'],
    ['bob:hunter2@example.com/x', 'example.com/x'],
    ['ftp://u:hunter2@example.com/', 'ftp://example.com/'],
    ['http:\\\\u:hunter2@example.com\\', 'http://example.com/'],
    ['//u:hunter2@example.com', 'example.com'],
    [`http://u:hunter2${'x'.repeat(9_000)}@h/`, 'a text of 9019 characters'],
    [`http://u:hunter2${'x'.repeat(600)}@h/`, 'http://h/'],
  ])('shows %j as %j', (text, shown) => {
    expect(withoutCredentials(text)).toBe(shown);
  });
});
