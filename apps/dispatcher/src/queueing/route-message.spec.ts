import { describe, expect, it } from '@jest/globals';
import { messageAccepted, type MessageAcceptedData, type StoredMedia } from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';
import { carrierTableOf } from '../carriers/carrier.js';
import { RateDeck } from '../pricing/rate-deck.js';
import { RouteTable } from '../routes/route-table.js';
import { anAcceptedMessage } from '../testing/accepted-message.js';
import { routeMessage } from './route-message.js';

const LINK = 'https://m.example.com/aB3dE6g';
const media = [
  { sid: `ME${'0'.repeat(32)}`, contentType: 'image/png', byteSize: 1, url: 'http://media/1' } as StoredMedia,
];
const ofAnyone = { country: '*', senderType: 'any' as const, validFromMs: 0 };
const OTHER_ACCOUNT = makeSid('AC', new Uint8Array(16).fill(9));
const ofEveryone = { prefix: '+1', senderType: 'any' as const, account: 'any' as const };
const knowledge = {
  carriers: carrierTableOf([
    { prefix: '+1', name: 'Example Wireless', country: 'US', hasMms: true, imageLimits: null },
    { prefix: '+15005552011', name: 'Text Only', country: 'US', hasMms: false, imageLimits: null },
  ]),
  deck: new RateDeck(7, [
    { ...ofAnyone, prefix: '+1', kind: 'sms', priceMicros: 7_500 },
    { ...ofAnyone, prefix: '+1', kind: 'mms', priceMicros: 20_000 },
    { ...ofAnyone, prefix: '+4', kind: 'mms', priceMicros: 100_000 },
  ]),
  routes: new RouteTable(
    [
      { ...ofEveryone, kind: 'sms', channels: ['smpp-a', 'smpp-b'] },
      { ...ofEveryone, kind: 'mms', channels: ['mms-a'] },
      { ...ofEveryone, kind: 'any', senderType: 'short-code', channels: ['short-a'] },
      { ...ofEveryone, kind: 'any', prefix: '+46', account: OTHER_ACCOUNT, channels: ['own'] },
    ],
    'simulator',
  ),
  nowMs: 1_000,
};
const TEXT_ONLY = '+15005552011';
const route = (data: Partial<MessageAcceptedData>) => {
  const message = anAcceptedMessage(data);
  return routeMessage(messageAccepted.decode(JSON.parse(message.payload)), knowledge);
};

describe('routeMessage', () => {
  it('prices an SMS by its segments, and notes the deck and whom to tell', () => {
    const { job, errorCode } = route({ body: 'a'.repeat(161), statusCallbackOn: ['sent', 'failed'] });
    expect(errorCode).toBeNull();
    expect(job).toMatchObject({
      kind: 'sms',
      numSegments: 2,
      priceMicros: 15_000,
      rateDeckVersion: 7,
      statusCallbackOn: ['sent', 'failed'],
    });
  });

  it('sends what is free for nothing, and only to where there is a price', () => {
    expect(route({ body: 'a'.repeat(161), isFree: true })).toMatchObject({ job: { priceMicros: 0 }, errorCode: null });
    expect(route({ to: '+85012345678', isFree: true }).errorCode).toBe(21_408);
  });

  it.each([
    ['+15558675309', 20_000],
    ['+442071838750', 100_000],
  ])('sends an MMS to %s, whose carrier has MMS or is not known, as it is', (to, priceMicros) => {
    const { job, errorCode } = route({ to, body: 'a'.repeat(1_600), media, shortLink: LINK });
    expect(errorCode).toBeNull();
    expect(job).toMatchObject({ kind: 'mms', body: 'a'.repeat(1_600), media, numSegments: 1, priceMicros });
  });

  it.each([
    ['Look', `Look ${LINK}`],
    ['', LINK],
  ])('sends an MMS to a phone without MMS as an SMS: %j becomes %j', (body, sent) => {
    const { job, errorCode } = route({ to: TEXT_ONLY, body, media, shortLink: LINK });
    expect(errorCode).toBeNull();
    expect(job).toMatchObject({
      kind: 'sms',
      body: sent,
      media: [],
      encoding: 'gsm7',
      numSegments: 1,
      priceMicros: 7_500,
    });
  });

  it('counts and prices the segments of what is sent, link and all', () => {
    const long = 'a'.repeat(160 - LINK.length);
    expect(route({ to: TEXT_ONLY, body: long.slice(1), media, shortLink: LINK }).job).toMatchObject({ numSegments: 1 });
    const { job } = route({ to: TEXT_ONLY, body: long, media, shortLink: LINK });
    expect(job).toMatchObject({ numSegments: 2, priceMicros: 15_000 });
    const cyrillic = route({ to: TEXT_ONLY, body: 'я'.repeat(70), media, shortLink: LINK }).job;
    expect(cyrillic).toMatchObject({ encoding: 'ucs2', numSegments: 2 });
  });

  it.each([{ mayFallBackToSms: false, shortLink: LINK }, { shortLink: null }])(
    'fails an MMS to a phone without MMS with 30011 given %j',
    (data) => {
      expect(route({ to: TEXT_ONLY, media, ...data }).errorCode).toBe(30_011);
      expect(route({ to: TEXT_ONLY, ...data }).errorCode).toBeNull();
    },
  );

  it('fails with the code that its sender has for it already, before any other', () => {
    expect(route({ failsWith: 14_107 }).errorCode).toBe(14_107);
    expect(route({ failsWith: 14_107, to: '+442071838750' }).errorCode).toBe(14_107);
  });

  it('fails what has no price with 21408', () => {
    const { job, errorCode } = route({ to: '+442071838750' });
    expect(errorCode).toBe(21_408);
    expect(job).toMatchObject({ priceMicros: null, rateDeckVersion: null });
  });

  it.each([
    [7_500, 'a', null],
    [7_499, 'a', 30_010],
    [15_000, 'a'.repeat(161), null],
    [14_999, 'a'.repeat(161), 30_010],
  ])('compares MaxPrice %i with the price of the whole message: equal passes', (maxPriceMicros, body, errorCode) => {
    expect(route({ body, maxPriceMicros }).errorCode).toBe(errorCode);
  });

  it('lets a message wait for its validity period, counted from its acceptance', () => {
    const { job } = route({ validityPeriodS: 90 });
    expect(job.expiresAtUs).toBe((Date.parse(job.acceptedAt) + 90_000) * 1_000);
  });

  it.each<[string, string[], Partial<MessageAcceptedData>]>([
    ['an SMS', ['smpp-a', 'smpp-b'], {}],
    ['an MMS', ['mms-a'], { media, shortLink: LINK }],
    ['an SMS with a link, for a phone without MMS', ['smpp-a', 'smpp-b'], { to: TEXT_ONLY, media, shortLink: LINK }],
    ['what comes from a short code', ['short-a'], { from: '70707', senderType: 'short-code', media, shortLink: LINK }],
    ['what no route of its account is about', ['simulator'], { to: '+46701234567' }],
  ])('sends %s by the channels of the one route that counts for it, %j', (_, channels, data) => {
    expect(route(data).job.channels).toEqual(channels);
  });

  it('compares MaxPrice with what the fallback costs', () => {
    expect(route({ media, shortLink: LINK, maxPriceMicros: 7_500 }).errorCode).toBe(30_010);
    expect(route({ to: TEXT_ONLY, media, shortLink: LINK, maxPriceMicros: 7_500 }).errorCode).toBeNull();
  });
});
