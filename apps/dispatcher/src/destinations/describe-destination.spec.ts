import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Carrier, carrierTableOf } from '../carriers/carrier.js';
import { type Rate, RateDeck } from '../pricing/rate-deck.js';
import { describeDestination } from './describe-destination.js';

const aCarrier = (prefix: string, carrier: Partial<Carrier> = {}): Carrier => ({
  prefix,
  name: `carrier of ${prefix}`,
  country: 'US',
  hasMms: true,
  imageLimits: null,
  ...carrier,
});
const aRate = (prefix: string, rate: Partial<Rate> = {}): Rate => ({
  prefix,
  country: '*',
  kind: 'sms',
  senderType: 'any',
  priceMicros: 1,
  validFromMs: 0,
  ...rate,
});
const describeIn = (carriers: readonly Carrier[], rates: readonly Rate[], number: string) =>
  describeDestination(number, { carriers: carrierTableOf(carriers), deck: new RateDeck(1, rates), nowMs: 1_000 });

describe('describeDestination', () => {
  it('tells the carrier of the longest prefix, and from whom there is a price for what', () => {
    const carriers = [
      aCarrier('+1'),
      aCarrier('+1555', { hasMms: false, imageLimits: { maxBytes: 1, maxWidthPx: 2, maxHeightPx: 3 } }),
    ];
    const rates = [aRate('+1'), aRate('+1', { kind: 'mms', senderType: 'short-code' })];
    expect(describeIn(carriers, rates, '+15558675309')).toEqual({
      number: '+15558675309',
      prefix: '+1555',
      carrier: {
        name: 'carrier of +1555',
        country: 'US',
        hasMms: false,
        imageLimits: { maxBytes: 1, maxWidthPx: 2, maxHeightPx: 3 },
      },
      pricedSenders: { sms: ['long-code', 'short-code', 'alphanumeric'], mms: ['short-code'] },
    });
  });

  it('knows no carrier and no price where there is none, or where it has not begun', () => {
    expect(describeIn([], [aRate('+4', { validFromMs: 1_001 })], '+442071838750')).toEqual({
      number: '+442071838750',
      prefix: '+4',
      carrier: null,
      pricedSenders: { sms: [], mms: [] },
    });
  });

  it('gives a prefix beneath which neither carriers nor rates make a difference', () => {
    const carriers = [aCarrier('+1'), aCarrier('+15005552011')];
    expect(describeIn(carriers, [aRate('+1')], '+15558675309').prefix).toBe('+155');
    expect(describeIn(carriers, [aRate('+1555867')], '+15558675309').prefix).toBe('+1555867');
    expect(describeIn(carriers, [aRate('+1555867')], '+15551234567').prefix).toBe('+15551');
    expect(describeIn([], [], '+15551234567').prefix).toBe('');
  });

  it('answers the same for every number that starts with the prefix', () => {
    const digits = (minLength: number, maxLength: number) =>
      fc.array(fc.constantFrom('1', '2', '3'), { minLength, maxLength }).map((each) => `+${each.join('')}`);
    const prefixes = fc.uniqueArray(digits(1, 5), { maxLength: 10 });
    // Numbers of one length, as within a numbering plan: none is the start of another.
    fc.assert(
      fc.property(prefixes, prefixes, digits(7, 7), digits(7, 7), (ofCarriers, ofRates, number, other) => {
        const carriers = ofCarriers.map((prefix) => aCarrier(prefix));
        const rates = ofRates.map((prefix, index) => aRate(prefix, { kind: index % 2 ? 'mms' : 'sms' }));
        const { prefix, carrier, pricedSenders } = describeIn(carriers, rates, number);
        const neighbour = prefix + other.slice(prefix.length);
        expect(describeIn(carriers, rates, neighbour)).toEqual({ number: neighbour, prefix, carrier, pricedSenders });
      }),
    );
  });
});
