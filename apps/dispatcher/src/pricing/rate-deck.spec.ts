import { describe, expect, it } from '@jest/globals';
import { RateDeck } from './rate-deck.js';

describe('RateDeck', () => {
  const deck = new RateDeck([
    { prefix: '+1', kind: 'sms', priceMicros: 7_500 },
    { prefix: '+1242', kind: 'sms', priceMicros: 30_000 },
    { prefix: '+1', kind: 'mms', priceMicros: 20_000 },
  ]);

  it('lets the longest prefix win', () => {
    expect(deck.findPrice('sms', '+15558675309')).toBe(7_500);
    expect(deck.findPrice('sms', '+12425551234')).toBe(30_000);
  });

  it('keeps SMS and MMS apart', () => {
    expect(deck.findPrice('mms', '+12425551234')).toBe(20_000);
  });

  it('has no price where no prefix fits', () => {
    expect(deck.findPrice('sms', '+442071838750')).toBeNull();
  });

  it('takes an empty prefix as the price of everywhere', () => {
    expect(new RateDeck([{ prefix: '', kind: 'sms', priceMicros: 1 }]).findPrice('sms', '+442071838750')).toBe(1);
  });
});
