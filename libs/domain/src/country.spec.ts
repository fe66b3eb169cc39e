import { describe, expect, it } from '@jest/globals';
import { COUNTRIES, countryOf, supportsAlphanumericSender } from './country.js';
import { parsePhoneNumber } from './phone-number.js';

const number = (text: string) => parsePhoneNumber(text)!;

describe('countryOf', () => {
  it.each([
    ['+14158141829', 'US'],
    ['+15558675309', 'US'],
    ['+18005550100', 'US'],
    ['+14165550100', 'CA'],
    ['+16045550100', 'CA'],
    ['+18685550100', 'TT'],
    ['+18765550100', 'JM'],
    ['+16585550100', 'JM'],
    ['+17875550100', 'PR'],
    ['+18095550100', 'DO'],
    ['+447700900123', 'GB'],
    ['+447781900123', 'GB'],
    ['+79161234567', 'RU'],
    ['+77011234567', 'KZ'],
    ['+76011234567', 'KZ'],
    ['+262692123456', 'RE'],
    ['+262639123456', 'YT'],
    ['+59995123456', 'CW'],
    ['+5993181234', 'BQ'],
    ['+6723221234', 'NF'],
    ['+6834000', 'NU'],
    ['+4915112345678', 'DE'],
    ['+8613912345678', 'CN'],
    ['+85251234567', 'HK'],
  ])('%s is in %s', (text, code) => {
    expect(countryOf(number(text))?.code).toBe(code);
  });

  it.each(['+870773111632', '+881612345678', '+883510001234', '+2105551234', '+9991234567'])(
    '%s is in no country',
    (text) => {
      expect(countryOf(number(text))).toBeNull();
    },
  );

  it('finds every country by each of its prefixes', () => {
    for (const country of COUNTRIES) {
      for (const prefix of country.callingPrefixes)
        expect(countryOf(number(`+${prefix.padEnd(8, '0')}`))).toBe(country);
    }
  });
});

describe('the list of countries', () => {
  it('has each country and each prefix once', () => {
    const codes = COUNTRIES.map(({ code }) => code);
    const prefixes = COUNTRIES.flatMap(({ callingPrefixes }) => callingPrefixes);
    expect(new Set(codes).size).toBe(codes.length);
    expect(new Set(prefixes).size).toBe(prefixes.length);
    for (const prefix of prefixes) expect(prefix).toMatch(/^[1-9][0-9]{0,5}$/);
  });

  it('has codes that stand for regions', () => {
    const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
    for (const { code } of COUNTRIES) expect([code, names.of(code)]).toEqual([code, expect.any(String)]);
  });
});

describe('supportsAlphanumericSender', () => {
  it.each(['+447700900123', '+4915112345678', '+33612345678', '+919812345678', '+819012345678', '+96550012345'])(
    'a name may send to %s',
    (to) => {
      expect(supportsAlphanumericSender(number(to))).toBe(true);
    },
  );

  it.each([
    ['the United States', '+14158141829'],
    ['Canada', '+14165550100'],
    ['Puerto Rico', '+17875550100'],
    ['China', '+8613912345678'],
    ['Brazil', '+5511912345678'],
    ['a country that no list names', '+17215550100'],
    ['no country', '+881612345678'],
  ])('no name may send to %s', (_where, to) => {
    expect(supportsAlphanumericSender(number(to))).toBe(false);
  });
});
