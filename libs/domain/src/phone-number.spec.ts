import { describe, expect, it } from '@jest/globals';
import { classifySender, parseAlphanumericSenderId, parsePhoneNumber, parseShortCode } from './phone-number.js';

describe('parsePhoneNumber', () => {
  it.each([
    '+15558675309',
    '+14158141829',
    '+15005550006',
    '+10000000000',
    '+999123456789',
    '+6834000',
    '+123456789012345',
  ])('takes %s', (text) => {
    expect(parsePhoneNumber(text)).toBe(text);
  });

  it.each([
    '',
    '+',
    '+123456',
    '+1234567890123456',
    '+05558675309',
    '15558675309',
    '+1 555 867 5309',
    '+1-555-867-5309',
    ' +15558675309',
    '+15558675309\n',
    '+1555867530٩',
    'whatsapp:+15558675309',
  ])('refuses %j', (text) => {
    expect(parsePhoneNumber(text)).toBeNull();
  });
});

describe('parseShortCode', () => {
  it.each(['123', '12345', '894546'])('takes %s', (text) => expect(parseShortCode(text)).toBe(text));
  it.each(['', '12', '1234567', '+12345', '12a45'])('refuses %j', (text) => expect(parseShortCode(text)).toBeNull());
});

describe('parseAlphanumericSenderId', () => {
  it.each(['A', 'Heliograph', 'ABCDEFGHIJK', '123 shop', '12345678x', ' Acme', 'Acme ', 'a         '])(
    'takes %j',
    (text) => {
      expect(parseAlphanumericSenderId(text)).toBe(text);
    },
  );
  it.each([
    '',
    '12345678',
    '   ',
    'ABCDEFGHIJKL',
    'a-b',
    'a+b',
    'Café',
    'a\n',
    ' 15558675309',
    'Acme\t',
    'ABCDEFGHIJ  ',
  ])('refuses %j', (text) => {
    expect(parseAlphanumericSenderId(text)).toBeNull();
  });
});

describe('classifySender', () => {
  it('tells the three kinds apart', () => {
    expect(classifySender('+15558675309')).toEqual({ type: 'long-code', address: '+15558675309' });
    expect(classifySender('12345')).toEqual({ type: 'short-code', address: '12345' });
    expect(classifySender('12345a')).toEqual({ type: 'alphanumeric', address: '12345a' });
    expect(classifySender('1234567')).toBeNull();
    expect(classifySender('+123')).toBeNull();
  });
});
