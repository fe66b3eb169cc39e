import { describe, expect, it } from '@jest/globals';
import { parseCreateMessage } from './create-message-request.js';
import type { FormFields } from './form-fields.js';

const valid = { From: '+14158141829', To: '+15558675309', Body: 'Jenny, call me back' };

const without = (name: keyof typeof valid): FormFields => ({ ...valid, [name]: undefined });

function codeOf(fields: FormFields): number | 'valid' {
  const parsed = parseCreateMessage(fields);
  return parsed.kind === 'valid' ? 'valid' : parsed.error.code;
}

describe('parseCreateMessage', () => {
  it('reads the parameters', () => {
    const MediaUrl = ['https://example.com/1.png', 'https://example.com/2.png'];
    const StatusCallback = 'https://example.com/status#rc=2';
    const ApplicationSid = `AP${'0a'.repeat(16)}`;
    const options = { StatusCallback, ApplicationSid, MaxPrice: '0.0075', ValidityPeriod: '60' };
    const parsed = parseCreateMessage({ ...valid, MediaUrl, ...options });
    expect(parsed).toEqual({
      kind: 'valid',
      request: {
        from: { type: 'long-code', address: '+14158141829' },
        to: '+15558675309',
        body: 'Jenny, call me back',
        mediaUrls: MediaUrl,
        statusCallback: StatusCallback,
        applicationSid: ApplicationSid,
        maxPriceMicros: 7_500,
        validityPeriodS: 60,
      },
    });
  });

  it('takes media without a body, and a short code or a name as sender', () => {
    const MediaUrl = 'https://example.com/1.png';
    expect(parseCreateMessage({ ...without('Body'), From: '12345', MediaUrl })).toMatchObject({
      request: {
        from: { type: 'short-code' },
        body: '',
        mediaUrls: [MediaUrl],
        statusCallback: null,
        maxPriceMicros: null,
        validityPeriodS: 36_000,
      },
    });
    for (const name of ['Heliograph', 'a', '24 7 Taxi', 'ABCDEFGHIJK', '1234567890x']) {
      const request = { from: { type: 'alphanumeric', address: name } };
      expect(parseCreateMessage({ ...valid, From: name })).toMatchObject({ request });
    }
  });

  it('ignores unknown names, wrong case and what an object inherits', () => {
    expect(codeOf({ ...valid, Unknown: 'x', SmartEncoded: 'maybe' })).toBe('valid');
    expect(codeOf({ from: valid.From, To: valid.To, Body: valid.Body })).toBe(21603);
    expect(codeOf(Object.create(valid) as FormFields)).toBe(21603);
  });

  it('takes the first of a repeated parameter that has one value', () => {
    expect(parseCreateMessage({ ...valid, Body: ['first', 'second'] })).toMatchObject({ request: { body: 'first' } });
    expect(codeOf({ ...valid, Body: ['', 'second'] })).toBe(21602);
  });

  it('does not count empty media URLs', () => {
    expect(codeOf({ ...without('Body'), MediaUrl: ['', ''] })).toBe(21602);
    const empty = {
      MediaUrl: '',
      StatusCallback: '',
      ApplicationSid: '',
      MaxPrice: '',
      ValidityPeriod: '',
      SendAt: '',
      ScheduleType: '',
    };
    expect(codeOf({ ...valid, ...empty })).toBe('valid');
  });

  it.each<[string, FormFields, number | 'valid']>([
    ['nothing at all', {}, 21603],
    ['no From', without('From'), 21603],
    ['an empty From', { ...valid, From: '' }, 21603],
    ['no To', without('To'), 21604],
    ['no content', without('Body'), 21602],
    ['a To without plus', { ...valid, To: '15558675309' }, 21211],
    ['a word as To', { ...valid, To: 'jenny' }, 21211],
    ['a short code as To', { ...valid, To: '12345' }, 21211],
    ['a To with NUL', { ...valid, To: '+1555867\0' }, 21211],
    ['To like From', { ...valid, To: valid.From }, 21211],
    ['a From with punctuation', { ...valid, From: '(415) 814-1829' }, 21212],
    ['a name of 12', { ...valid, From: 'ABCDEFGHIJKL' }, 21212],
    ['a name without letter', { ...valid, From: '12345678' }, 21212],
    ['a name with an umlaut', { ...valid, From: 'Zürich' }, 21212],
    ['a name with a hyphen', { ...valid, From: 'Helio-graph' }, 21212],
    ['a name of spaces', { ...valid, From: '   ' }, 21212],
    ['a name with a line break', { ...valid, From: 'Helio\n' }, 21212],
    ['a From of +123', { ...valid, From: '+123' }, 21606],
    ['a body with NUL', { ...valid, Body: 'a\0b' }, 20422],
    ['a body of 1600', { ...valid, Body: 'a'.repeat(1600) }, 'valid'],
    ['a body of 1601', { ...valid, Body: 'a'.repeat(1601) }, 21617],
    ['800 emoji', { ...valid, Body: '😀'.repeat(800) }, 'valid'],
    ['801 emoji', { ...valid, Body: '😀'.repeat(801) }, 21617],
    ['10 media', { ...valid, MediaUrl: Array<string>(10).fill('http://x.example/') }, 'valid'],
    ['11 media', { ...valid, MediaUrl: Array<string>(11).fill('http://x.example/') }, 21623],
    ['a relative MediaUrl', { ...valid, MediaUrl: '/heart.png' }, 21620],
    ['an ftp MediaUrl', { ...valid, MediaUrl: ['http://x.example/', 'ftp://x.example/'] }, 21620],
    ['a relative StatusCallback', { ...valid, StatusCallback: '/status' }, 21609],
    ['an underscore in StatusCallback', { ...valid, StatusCallback: 'http://a_b.example/' }, 21609],
    ['an ApplicationSid of another kind', { ...valid, ApplicationSid: `SM${'0'.repeat(32)}` }, 21218],
    ['an ApplicationSid cut short', { ...valid, ApplicationSid: 'AP00' }, 21218],
    ['a MaxPrice of zero', { ...valid, MaxPrice: '0.0000' }, 21627],
    ['a MaxPrice below zero', { ...valid, MaxPrice: '-0.01' }, 21627],
    ['a MaxPrice of five decimals', { ...valid, MaxPrice: '0.00750' }, 21627],
    ['a word as MaxPrice', { ...valid, MaxPrice: 'free' }, 21627],
    ['a ValidityPeriod of 0', { ...valid, ValidityPeriod: '0' }, 21624],
    ['a ValidityPeriod of 36001', { ...valid, ValidityPeriod: '36001' }, 21624],
    ['a SendAt', { ...valid, SendAt: '2030-01-01T00:00:00Z' }, 35118],
    ['a ScheduleType', { ...valid, ScheduleType: 'fixed' }, 35118],
  ])('answers %s', (_, fields, code) => {
    expect(codeOf(fields)).toBe(code);
  });

  it('reports the first of several errors', () => {
    const fields: Record<string, string | string[] | undefined> = {
      From: undefined,
      To: undefined,
      Body: undefined,
      MediaUrl: undefined,
      StatusCallback: 'nowhere',
      ApplicationSid: 'AP1',
      MaxPrice: '0',
      ValidityPeriod: 'ever',
      SendAt: 'tomorrow',
    };
    const codes = [codeOf(fields)];
    const repairs: [string, string | string[]][] = [
      ['From', 'no!'],
      ['To', 'no!'],
      ['Body', 'a'.repeat(1601)],
      ['To', valid.To],
      ['From', valid.From],
      ['MediaUrl', Array<string>(11).fill('nowhere')],
      ['Body', valid.Body],
      ['MediaUrl', 'nowhere'],
      ['MediaUrl', 'https://example.com/1.png'],
      ['StatusCallback', 'https://example.com/status'],
      ['ApplicationSid', `AP${'0'.repeat(32)}`],
      ['MaxPrice', '0.0075'],
      ['ValidityPeriod', '60'],
      ['SendAt', ''],
    ];
    for (const [name, value] of repairs) {
      fields[name] = value;
      const code = codeOf(fields);
      if (code !== codes.at(-1)) codes.push(code as number);
    }
    expect(codes).toEqual([
      21603,
      21604,
      21602,
      21211,
      21212,
      21617,
      21623,
      21620,
      21609,
      21218,
      21627,
      21624,
      35118,
      'valid',
    ]);
  });

  it('shortens and cleans what it echoes', () => {
    const parsed = parseCreateMessage({ ...valid, To: `\u001b[31m${'9'.repeat(5000)}` });
    const message = parsed.kind === 'refused' ? parsed.error.message : '';
    expect(message).toMatch(/^The 'To' number \ufffd\[31m9+ is not a valid phone number\.$/);
    expect(message.length).toBeLessThan(300);
  });
});
