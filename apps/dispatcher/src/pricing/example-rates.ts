import type { Rate } from './rate-deck.js';

/**
 * A small example deck in US dollars, for the demo accounts: SMS per segment, MMS per message. Figures for the United States,
 * Canada and the United Kingdom are those of Twilio's published short code prices; the rest is made up.
 */
export const EXAMPLE_RATES: readonly Rate[] = [
  { prefix: '', kind: 'sms', priceMicros: 50_000 },
  { prefix: '', kind: 'mms', priceMicros: 100_000 },
  { prefix: '+1', kind: 'sms', priceMicros: 7_500 },
  { prefix: '+1', kind: 'mms', priceMicros: 20_000 },
  { prefix: '+44', kind: 'sms', priceMicros: 40_000 },
];
