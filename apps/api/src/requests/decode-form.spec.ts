import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeForm, decodeFormBody } from './decode-form.js';

const fieldsOf = (text: string) => {
  const decoding = decodeForm(text);
  if (decoding.kind === 'unreadable') throw new Error(decoding.reason);
  return { ...decoding.fields };
};

describe('decodeForm', () => {
  it('reads names and values, plus signs and percent-encoding', () => {
    expect(fieldsOf('To=%2B15558675309&Body=call+me+%E2%9D%A4')).toEqual({ To: '+15558675309', Body: 'call me ❤' });
  });

  it('keeps every value of a repeated name, in order', () => {
    expect(fieldsOf('MediaUrl=a&Body=x&MediaUrl=b&MediaUrl=c')).toEqual({ MediaUrl: ['a', 'b', 'c'], Body: 'x' });
  });

  it.each<[string, Record<string, string>]>([
    ['', {}],
    ['&&', {}],
    ['Body', { Body: '' }],
    ['Body=', { Body: '' }],
    ['=x', { '': 'x' }],
    ['Body=a=b', { Body: 'a=b' }],
    ['DateSent%3E=2026-01-02', { 'DateSent>': '2026-01-02' }],
    ['DateSent>=2026-01-02', { 'DateSent>': '2026-01-02' }],
  ])('reads %j', (text, fields) => {
    expect(fieldsOf(text)).toEqual(fields);
  });

  it.each(['Body=%00', 'Body=a\0b', 'Unused%00=x', 'To=+1&X=a%00b'])('refuses a NUL in %j', (text) => {
    expect(decodeForm(text)).toEqual({ kind: 'unreadable', reason: 'a NUL character' });
  });

  it('takes the escaped text of an escaped NUL for what it is', () => {
    expect(fieldsOf('Body=%2500')).toEqual({ Body: '%00' });
  });

  it('takes names that objects have for what they are', () => {
    const decoding = decodeForm('__proto__=x&constructor=y&constructor=z');
    if (decoding.kind !== 'decoded') throw new Error('not decoded');
    expect(Object.entries(decoding.fields)).toEqual([
      ['__proto__', 'x'],
      ['constructor', ['y', 'z']],
    ]);
  });

  it.each(['Body=%', 'Body=%4', 'Body=%zz', '%zz=x', 'Body=%ff', 'Body=%C3', 'Body=%ED%A0%80', 'Unused=%'])(
    'refuses %j',
    (text) => {
      expect(decodeForm(text)).toEqual({ kind: 'unreadable', reason: 'malformed percent-encoding' });
    },
  );

  it('refuses bytes that are not UTF-8', () => {
    expect(decodeFormBody(Buffer.from([0x42, 0x3d, 0xff]))).toEqual({ kind: 'unreadable', reason: 'not UTF-8' });
    expect(decodeFormBody(Buffer.from('B=é'))).toMatchObject({ kind: 'decoded', fields: { B: 'é' } });
  });

  it('refuses a form of countless parameters', () => {
    expect(decodeForm('a=1&'.repeat(1_000)).kind).toBe('decoded');
    expect(decodeForm('a=1&'.repeat(1_001)).kind).toBe('unreadable');
  });

  it('reads back whatever URLSearchParams writes', () => {
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(fc.dictionary(text, text), (fields) => {
        expect(fieldsOf(new URLSearchParams(fields).toString())).toEqual({ ...fields });
      }),
    );
  });
});
