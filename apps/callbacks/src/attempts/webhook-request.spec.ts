import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import twilio from 'twilio';
import { composeWebhook, type Webhook } from './webhook-request.js';

const TOKEN = '0123456789abcdef0123456789abcdef';
const SENT_AT = new Date(1_795_000_000_000);
const webhook = (given: Partial<Webhook>): Webhook => ({
  method: 'GET',
  url: 'https://example.com/reply',
  parameters: [
    ['Body', 'Hi there ü'],
    ['From', '+15558675309'],
  ],
  id: 'HC0123456789abcdef0123456789abcdef',
  idempotencyToken: '01234567-89ab-cdef-0123-456789abcdef',
  ...given,
});

describe('a webhook', () => {
  it.each([
    ['https://example.com/reply', 'https://example.com/reply?Body=Hi+there+%C3%BC&From=%2B15558675309'],
    ['https://example.com/reply?a=1', 'https://example.com/reply?a=1&Body=Hi+there+%C3%BC&From=%2B15558675309'],
    ['https://example.com/reply?', 'https://example.com/reply?Body=Hi+there+%C3%BC&From=%2B15558675309'],
    ['https://example.com?a&#rc=2', 'https://example.com?a&Body=Hi+there+%C3%BC&From=%2B15558675309#rc=2'],
  ])('by GET has its parameters behind those of %s', (url, requested) => {
    const request = composeWebhook(webhook({ url }), TOKEN, SENT_AT);
    expect(request).toMatchObject({ method: 'GET', url: requested });
    expect(request.body).toBeUndefined();
    expect(Object.keys(request.headers)).not.toContain('Content-Type');
  });

  it('by POST has them as its form', () => {
    const request = composeWebhook(webhook({ method: 'POST', headers: { Cookie: 'a=1' } }), TOKEN, SENT_AT);
    expect(request).toMatchObject({
      url: 'https://example.com/reply',
      body: 'Body=Hi+there+%C3%BC&From=%2B15558675309',
      headers: { Cookie: 'a=1', 'webhook-timestamp': '1795000000' },
    });
  });

  it("is believed by Twilio's validator, by either method, whatever its parameters", () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 });
    const name = text.filter((candidate) => candidate !== '__proto__');
    const parameters = fc.array(fc.tuple(name, text), { maxLength: 6 });
    const url = fc.constantFrom('https://example.com:8443/a?x=1#rc=2', 'http://u:p@[::1]/', 'https://bücher.example');
    fc.assert(
      fc.property(fc.constantFrom('GET', 'POST'), url, parameters, (method, given, all) => {
        const request = composeWebhook(webhook({ method, url: given, parameters: all }), TOKEN, SENT_AT);
        const { protocol, host, pathname, search } = new URL(request.url);
        // Without a prototype: a parameter may be called `valueOf`.
        const form = Object.create(null) as Record<string, string[]>;
        for (const [key, value] of new URLSearchParams(request.body)) (form[key] ??= []).push(value);
        const signature = request.headers['X-Twilio-Signature']!;
        expect(twilio.validateRequest(TOKEN, signature, `${protocol}//${host}${pathname}${search}`, form)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
