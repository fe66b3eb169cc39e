import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { deckInForce, type Priceable, type Rate, RateDeck } from './rate-deck.js';

const NOW_MS = Date.parse('2026-06-01T00:00:00Z');
const aRate = (rate: Partial<Rate>): Rate => ({
  prefix: '+1',
  country: 'US',
  kind: 'sms',
  senderType: 'any',
  priceMicros: 7_500,
  validFromMs: 0,
  ...rate,
});
const priceIn = (rates: readonly Rate[], message: Partial<Priceable> = {}) =>
  new RateDeck(1, rates).findRate({
    kind: 'sms',
    senderType: 'long-code',
    to: '+15558675309',
    nowMs: NOW_MS,
    ...message,
  })?.priceMicros ?? null;

describe('RateDeck', () => {
  it('lets the longest prefix win, for each kind of message by itself', () => {
    const rates = [
      aRate({ prefix: '+1' }),
      aRate({ prefix: '+1242', priceMicros: 30_000 }),
      aRate({ prefix: '+1', kind: 'mms', priceMicros: 20_000 }),
    ];
    expect(priceIn(rates)).toBe(7_500);
    expect(priceIn(rates, { to: '+12425551234' })).toBe(30_000);
    expect(priceIn(rates, { to: '+12425551234', kind: 'mms' })).toBe(20_000);
    expect(priceIn(rates, { to: '+442071838750' })).toBeNull();
  });

  it("takes the rate for the sender's kind before that for any, but only of the same prefix", () => {
    const rates = [
      aRate({ prefix: '+1', senderType: 'short-code', priceMicros: 1 }),
      aRate({ prefix: '+1555', senderType: 'any', priceMicros: 2 }),
      aRate({ prefix: '+1555', senderType: 'long-code', priceMicros: 3 }),
    ];
    expect(priceIn(rates)).toBe(3);
    expect(priceIn(rates, { senderType: 'short-code' })).toBe(2);
    expect(priceIn(rates, { senderType: 'short-code', to: '+14155550100' })).toBe(1);
    expect(priceIn(rates, { to: '+14155550100' })).toBeNull();
  });

  it('prices a name in place of a number as a long code', () => {
    const rates = [aRate({ senderType: 'any', priceMicros: 1 }), aRate({ senderType: 'long-code', priceMicros: 2 })];
    expect(priceIn(rates, { senderType: 'alphanumeric' })).toBe(2);
  });

  it('takes the rate that began last, and none that has not begun', () => {
    const rates = [
      aRate({ priceMicros: 1, validFromMs: NOW_MS - 1_000 }),
      aRate({ priceMicros: 2, validFromMs: NOW_MS }),
      aRate({ priceMicros: 3, validFromMs: NOW_MS + 1 }),
      aRate({ priceMicros: 4, validFromMs: NOW_MS - 2_000 }),
    ];
    expect(priceIn(rates)).toBe(2);
    expect(priceIn(rates, { nowMs: NOW_MS + 1 })).toBe(3);
    expect(priceIn([aRate({ prefix: '+1555', validFromMs: NOW_MS + 1, priceMicros: 9 }), aRate({})])).toBe(7_500);
  });

  it('finds what a search through all rates finds', () => {
    const rate = fc.record({
      prefix: fc.constantFrom('', '+1', '+12', '+121', '+2'),
      country: fc.constant('*'),
      kind: fc.constantFrom('sms' as const, 'mms' as const),
      senderType: fc.constantFrom('long-code' as const, 'short-code' as const, 'any' as const),
      priceMicros: fc.nat(1_000),
      validFromMs: fc.nat(4),
    });
    const keyOf = ({ prefix, kind, senderType, validFromMs }: Rate) => [prefix, kind, senderType, validFromMs].join();
    const message = fc.record({
      kind: fc.constantFrom('sms' as const, 'mms' as const),
      senderType: fc.constantFrom('long-code' as const, 'short-code' as const),
      to: fc.constantFrom('+1', '+12', '+1214', '+2', '+3'),
      nowMs: fc.nat(4),
    });
    fc.assert(
      fc.property(fc.uniqueArray(rate, { selector: keyOf, maxLength: 20 }), message, (rates, wanted) => {
        const [best] = rates
          .filter(({ prefix, kind }) => wanted.to.startsWith(prefix) && kind === wanted.kind)
          .filter(({ senderType }) => senderType === 'any' || senderType === wanted.senderType)
          .filter(({ validFromMs }) => validFromMs <= wanted.nowMs)
          .sort(
            (a, b) =>
              b.prefix.length - a.prefix.length ||
              Number(a.senderType === 'any') - Number(b.senderType === 'any') ||
              b.validFromMs - a.validFromMs,
          );
        expect(new RateDeck(1, rates).findRate(wanted)).toBe(best ?? null);
      }),
    );
  });
});

describe('deckInForce', () => {
  const decks = [
    { deck: new RateDeck(1, [aRate({})]), inForceFromMs: 0 },
    { deck: new RateDeck(2, [aRate({})]), inForceFromMs: NOW_MS },
    { deck: new RateDeck(3, [aRate({})]), inForceFromMs: NOW_MS + 1 },
  ];

  it('is the newest of those whose first rate has begun', () => {
    expect(deckInForce(decks, NOW_MS - 1).version).toBe(1);
    expect(deckInForce(decks, NOW_MS).version).toBe(2);
    expect(deckInForce([...decks].reverse(), NOW_MS + 1).version).toBe(3);
  });

  it('is an empty one where there is none', () => {
    const deck = deckInForce([], NOW_MS);
    expect(deck.version).toBeNull();
    expect(deck.findRate({ kind: 'sms', senderType: 'long-code', to: '+15558675309', nowMs: NOW_MS })).toBeNull();
  });
});
