import type { DestinationDescription } from '@heliograph/contracts';
import { type CreateMessageRequest, parseCreateMessage } from '@heliograph/twilio';
import { describe, expect, it } from '@jest/globals';
import { judgeDestination } from './judge-destination.js';

const LIMITS = { maxBytes: 100_000, maxWidthPx: 640, maxHeightPx: 480 };
const PICTURE = 'https://example.com/heart.png';

function aRequest(fields: Record<string, string>): CreateMessageRequest {
  const parsed = parseCreateMessage({ From: '+14158141829', To: '+447700900123', ...fields });
  if (parsed.kind === 'refused') throw new Error(parsed.error.message);
  return parsed.request;
}
const sms = aRequest({ Body: 'x' });
const mms = aRequest({ MediaUrl: PICTURE });
const named = aRequest({ From: 'Heliograph', Body: 'x' });

type Priced = DestinationDescription['pricedSenders'];
const ALL: Priced = { sms: ['long-code', 'short-code', 'alphanumeric'], mms: ['long-code', 'short-code'] };

function aDestination({ hasMms = true as boolean | null, priced = ALL } = {}): DestinationDescription {
  const carrier = hasMms === null ? null : { name: 'Example', country: 'GB', hasMms, imageLimits: LIMITS };
  return { number: '+447700900123', prefix: '+44', carrier, pricedSenders: priced };
}

const judged = (request: CreateMessageRequest, destination: DestinationDescription | null, mayFallBack = true) => {
  const judgement = judgeDestination(request, mayFallBack, destination);
  return judgement.kind === 'refused' ? judgement.error.code : judgement.imageLimits;
};

describe('judgeDestination', () => {
  it('lets everything through where nothing is known', () => {
    for (const request of [sms, mms, named]) expect(judged(request, null, false)).toBeNull();
  });

  it('wants a price for the kind of message and of sender', () => {
    const smsOnly = aDestination({ priced: { sms: ['long-code'], mms: [] } });
    expect([judged(sms, smsOnly), judged(mms, smsOnly), judged(named, smsOnly)]).toEqual([null, 21408, 21408]);
    const mmsOnly = aDestination({ priced: { sms: [], mms: ['long-code'] } });
    expect([judged(sms, mmsOnly), judged(mms, mmsOnly)]).toEqual([21408, LIMITS]);
  });

  it('wants the price of an SMS for media that go as a link', () => {
    const priced = (kinds: Partial<Priced>) => aDestination({ hasMms: false, priced: { sms: [], mms: [], ...kinds } });
    expect(judged(mms, priced({ sms: ['long-code'] }))).toBeNull();
    expect(judged(mms, priced({ mms: ['long-code'] }))).toBe(21408);
  });

  it('refuses media to a carrier without MMS where they may not go as a link, and nothing else', () => {
    const without = aDestination({ hasMms: false });
    expect([judged(mms, without, false), judged(sms, without, false)]).toEqual([21612, null]);
    expect([judged(mms, without), judged(mms, aDestination(), false)]).toEqual([null, LIMITS]);
  });

  it('takes an unknown carrier for one with MMS', () => {
    expect(judged(mms, aDestination({ hasMms: null }), false)).toBeNull();
  });
});
