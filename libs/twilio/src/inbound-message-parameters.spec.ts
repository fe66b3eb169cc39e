import { describe, expect, it } from '@jest/globals';
import { inboundMessageParameters } from './inbound-message-parameters.js';

const SID = 'SM00000000000000000000000000000001';
const message = {
  messageSid: SID,
  accountSid: 'AC00000000000000000000000000000002',
  from: '+15558675309',
  to: '+447700900123',
  body: 'Hi & bye',
  numSegments: 1,
  missingSegments: 0,
  media: [],
};

describe('the parameters of an inbound message', () => {
  it('are those of captured requests, in their order', () => {
    expect(inboundMessageParameters(message)).toEqual([
      ['ToCountry', 'GB'],
      ['ToState', ''],
      ['SmsMessageSid', SID],
      ['NumMedia', '0'],
      ['ToCity', ''],
      ['FromZip', ''],
      ['SmsSid', SID],
      ['FromState', ''],
      ['SmsStatus', 'received'],
      ['FromCity', ''],
      ['Body', 'Hi & bye'],
      ['FromCountry', 'US'],
      ['To', '+447700900123'],
      ['ToZip', ''],
      ['NumSegments', '1'],
      ['MessageSid', SID],
      ['AccountSid', 'AC00000000000000000000000000000002'],
      ['From', '+15558675309'],
      ['ApiVersion', '2010-04-01'],
    ]);
  });

  it('name each media and its type, counted from 0', () => {
    const media = [
      { url: 'https://api.example/ME1', contentType: 'image/png' },
      { url: 'https://api.example/ME2', contentType: 'image/gif' },
    ];
    const parameters = Object.fromEntries(inboundMessageParameters({ ...message, media }));
    expect(parameters).toMatchObject({
      NumMedia: '2',
      MediaUrl0: 'https://api.example/ME1',
      MediaContentType0: 'image/png',
      MediaUrl1: 'https://api.example/ME2',
      MediaContentType1: 'image/gif',
    });
  });

  it('have no country for a short code', () => {
    expect(Object.fromEntries(inboundMessageParameters({ ...message, to: '70707' }))).toMatchObject({ ToCountry: '' });
  });

  it('say how many segments never came, and nothing of it otherwise', () => {
    expect(inboundMessageParameters({ ...message, missingSegments: 2 }).at(-1)).toEqual(['MissingSegments', '2']);
    expect(inboundMessageParameters(message).map(([name]) => name)).not.toContain('MissingSegments');
  });
});
