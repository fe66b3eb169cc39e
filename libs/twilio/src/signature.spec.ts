import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import twilio from 'twilio';
import { signedUrl, signRequest, type FormParameters } from './signature.js';
import { statusCallbackParameters } from './status-callback-parameters.js';

const token = '0123456789abcdef0123456789abcdef';

describe('signRequest', () => {
  it("makes the signature of Twilio's documentation", () => {
    const parameters: FormParameters = [
      ['To', '+18005551212'],
      ['Digits', '1234'],
      ['From', '+14158675310'],
      ['CallSid', 'CA1234567890ABCDE'],
      ['Caller', '+14158675310'],
    ];
    const signature = signRequest('12345', 'https://example.com/myapp.php?foo=1&bar=2', parameters);
    expect(signature).toBe('L/OH5YylLD5NRKLltdqwSvS0BnU=');
  });

  it('makes the signature of a status callback', () => {
    const parameters = statusCallbackParameters({
      messageSid: `SM${'1'.repeat(32)}`,
      accountSid: `AC${'0'.repeat(32)}`,
      status: 'sent',
      to: '+15558675309',
      from: '+15005550006',
      errorCode: null,
    });
    const signature = signRequest(token, 'https://hooks.example.test:8443/sms/status?tenant=7', parameters);
    expect(signature).toBe('R+agrRLAHeuRpS/I+BoA7jsw3bU=');
  });

  it('does not sign what the receiver never sees', () => {
    const plain = signRequest(token, 'https://example.com/x?y=1');
    expect(signRequest(token, 'https://user:pa%40ss@example.com/x?y=1#rc=2&ct=100')).toBe(plain);
    expect(signRequest(token, 'https://example.com/x?y=2')).not.toBe(plain);
  });
});

describe('signedUrl', () => {
  it.each([
    ['https://example.com/a?b=c&d=%20+e', 'https://example.com/a?b=c&d=%20+e'],
    ['https://example.com:8443/a', 'https://example.com:8443/a'],
    ['https://example.com:443/a', 'https://example.com:443/a'],
    ['http://user:80@example.com/a', 'http://example.com/a'],
    ['http://user:80@example.com:80?x', 'http://example.com:80/?x'],
    ['http://[::1]:8080/a', 'http://[::1]:8080/a'],
    ['http://[::1]/a', 'http://[::1]/a'],
    ['https://example.com', 'https://example.com/'],
    ['https://example.com/a?', 'https://example.com/a'],
    ['https://example.com/é?q=it’s', 'https://example.com/%C3%A9?q=it%E2%80%99s'],
  ])('of %s is %s', (url, signed) => expect(signedUrl(url)).toBe(signed));
});

/** What a receiver is given: its own rebuilding of the URL from the Host header and the request line. */
function receivedUrl(url: string): string {
  const { protocol, host, pathname, search } = new URL(url);
  return `${protocol}//${host}${pathname}${search}`;
}

function grouped(parameters: FormParameters): Record<string, string | string[]> {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of parameters) {
    const before = fields[name];
    fields[name] = before === undefined ? value : [before, value].flat();
  }
  return fields;
}

const accepts = (url: string, signature: string, parameters: FormParameters = []) =>
  twilio.validateRequest(token, signature, url, grouped(parameters));

describe('the validator of the twilio package', () => {
  const parameters: FormParameters = [
    ['MessageStatus', 'delivered'],
    ['To', '+15558675309'],
    ['Body', ''],
    ['Note', ' spaces  kept '],
    ['Città', 'Müñchen 😀'],
    ['MediaUrl', 'https://example.com/2'],
    ['MediaUrl', 'https://example.com/1'],
    ['MediaUrl', 'https://example.com/2'],
    ['body', 'lower case sorts last'],
  ];

  it.each([
    'http://127.0.0.1:39811/status',
    'http://127.0.0.1:39811',
    'http://127.0.0.1:80/status',
    'https://example.com:443/status?a=1',
    'https://example.com/status',
    'https://example.com/status?tenant=7&empty=&flag&sp=a%20b+c&amp=%26',
    "https://example.com/it's?q=it's",
    'https://user:pass@example.com/status?x=1#rc=2',
    'https://Example.com/Status',
    'https://bücher.example/é?q=é',
    'http://[::1]:8080/status',
  ])('accepts a form to %s, as received and as configured', (url) => {
    const signature = signRequest(token, url, parameters);
    expect(accepts(receivedUrl(url), signature, parameters)).toBe(true);
    expect(accepts(url.replace(/#.*/, '').replace('user:pass@', ''), signature, parameters)).toBe(true);
    expect(accepts(receivedUrl(url), signature, [...parameters, ['Extra', 'x']])).toBe(false);
    expect(accepts(receivedUrl(url), signRequest('another token', url, parameters), parameters)).toBe(false);
  });

  it('accepts a GET', () => {
    const url = 'https://example.com/reply?Body=Hi&From=%2B15558675309';
    expect(accepts(url, signRequest(token, url))).toBe(true);
  });

  it('accepts any parameters', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    const name = text.filter((candidate) => candidate !== '__proto__');
    fc.assert(
      fc.property(fc.array(fc.tuple(name, text), { maxLength: 12 }), (any) => {
        const url = 'https://example.com:8443/status?x=1';
        expect(accepts(url, signRequest(token, url, any), any)).toBe(true);
      }),
    );
  });

  describe('accepts whatever URL a customer may give', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 12 });
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
    const host = fc.oneof(
      fc.array(label, { minLength: 2, maxLength: 3 }).map((labels) => `${labels.join('.')}.example`),
      fc.ipV4(),
      fc.constantFrom('[::1]', '[2001:db8::7]', 'bücher.example', 'EXAMPLE.test'),
    );
    const port = fc.oneof(
      fc.constantFrom('', ':80', ':443', ':8080'),
      fc.nat(65_535).map((each) => `:${each}`),
    );
    const pair = fc
      .tuple(text, text)
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
    const query = fc.oneof(
      fc.constantFrom('', '?', '?flag', '?a=1&a=2&a=1', '?empty=&=', '?sp=a%20b+c', "?q=it's", '?ü=ñ'),
      fc.array(pair, { minLength: 1, maxLength: 4 }).map((pairs) => `?${pairs.join('&')}`),
    );
    const path = fc.oneof(
      fc.constantFrom('', '/', '/a//b', '/é', '/a%2Fb', '/a;b=1', '/a/../b', '/(x)*'),
      fc.array(text, { maxLength: 3 }).map((parts) => `/${parts.map(encodeURIComponent).join('/')}`),
    );
    const credentials = fc.oneof(
      fc.constant(''),
      fc.tuple(text, text).map(([user, password]) => `${encodeURIComponent(user)}:${encodeURIComponent(password)}@`),
    );
    const fragment = fc.constantFrom('', '#', '#rc=2', '#rc=2&rp=all&ct=100', '#a?b/c:80@d');
    const url = fc
      .record({ scheme: fc.constantFrom('http', 'https'), credentials, host, port, path, query, fragment })
      .map((each) => ({
        given: `${each.scheme}://${each.credentials}${each.host}${each.port}${each.path}${each.query}${each.fragment}`,
      }))
      .filter(({ given }) => URL.canParse(given));
    const name = text.filter((candidate) => candidate !== '__proto__');
    const anyParameters = fc.array(fc.tuple(name, text), { maxLength: 6 });

    it('for a form', () => {
      fc.assert(
        fc.property(url, anyParameters, ({ given }, form) => {
          expect(accepts(receivedUrl(given), signRequest(token, given, form), form)).toBe(true);
        }),
        { numRuns: 500 },
      );
    });

    it('for a GET', () => {
      fc.assert(
        fc.property(url, ({ given }) => expect(accepts(receivedUrl(given), signRequest(token, given))).toBe(true)),
        { numRuns: 500 },
      );
    });

    it('and no other form, URL or token', () => {
      fc.assert(
        fc.property(url, anyParameters, ({ given }, form) => {
          const signature = signRequest(token, given, form);
          const received = receivedUrl(given);
          expect(accepts(received, signature, [...form, ['Extra', '1']])).toBe(false);
          expect(accepts(`${received}${received.includes('?') ? '&' : ''}more`, signature, form)).toBe(false);
          expect(accepts(received, signRequest('another token', given, form), form)).toBe(false);
        }),
        { numRuns: 200 },
      );
    });
  });
});
