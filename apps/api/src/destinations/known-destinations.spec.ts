import type { DestinationDescription } from '@heliograph/contracts';
import { describe, expect, it } from '@jest/globals';
import { KnownDestinations } from './known-destinations.js';

const described = (number: string, prefix: string): DestinationDescription => ({
  number,
  prefix,
  carrier: null,
  pricedSenders: { sms: [], mms: [] },
});

function knowing(capacity: number, ...descriptions: DestinationDescription[]): KnownDestinations {
  const known = new KnownDestinations(capacity);
  descriptions.forEach((description, index) => known.learn({ description, askedAtMs: index }));
  return known;
}

const prefixOf = (known: KnownDestinations, number: string) => known.find(number)?.description.prefix;

describe('KnownDestinations', () => {
  it('knows all numbers that start with a prefix, and no others', () => {
    const known = knowing(10, described('+14158141829', '+14'), described('+447700900123', '+44'));
    expect(prefixOf(known, '+14155550100')).toBe('+14');
    expect(prefixOf(known, '+447700900999')).toBe('+44');
    expect(prefixOf(known, '+15558675309')).toBeUndefined();
    expect(prefixOf(known, '+4912345678')).toBeUndefined();
  });

  it('takes an empty prefix for every number', () => {
    expect(prefixOf(knowing(10, described('+14158141829', '')), '+447700900123')).toBe('');
  });

  it('takes a whole number for itself alone, not for longer ones that start with it', () => {
    const known = knowing(10, described('+1500555', '+1500555'));
    expect(prefixOf(known, '+1500555')).toBe('+1500555');
    expect(prefixOf(known, '+15005552011')).toBeUndefined();
  });

  it('prefers what was learned last, whichever prefix is longer', () => {
    const [long, short] = [described('+14158141829', '+1415'), described('+14155550100', '+1')];
    expect(prefixOf(knowing(10, long, short), '+14158141829')).toBe('+1');
    expect(prefixOf(knowing(10, short, long), '+14158141829')).toBe('+1415');
  });

  it('forgets what was learned first when it is full', () => {
    const known = knowing(
      2,
      described('+1', '+1'),
      described('+2', '+2'),
      described('+1', '+1'),
      described('+3', '+3'),
    );
    expect(['+1', '+2', '+3'].map((number) => prefixOf(known, number))).toEqual(['+1', undefined, '+3']);
  });
});
