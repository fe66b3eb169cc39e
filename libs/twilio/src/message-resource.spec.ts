import { describe, expect, it } from '@jest/globals';
import { makeSid, type AccountSid, type MessageSid } from '@heliograph/domain';
import { messageResource, type MessageRecord } from './message-resource.js';

const accountSid = 'AC5d1c0e9b7a6f48329b4e1d2c3f4a5b6c' as AccountSid;
const sid = 'SM0f6c2a1be54d4c7f9a3e8d71b2c05e44' as MessageSid;

const queued: MessageRecord = {
  sid,
  accountSid,
  to: '+15558675309',
  from: '+14158141829',
  body: 'Jenny, call me back',
  status: 'queued',
  direction: 'outbound-api',
  numSegments: 1,
  numMedia: 0,
  priceMicros: null,
  priceUnit: 'USD',
  errorCode: null,
  dateCreated: new Date('2026-03-02T09:15:00.400Z'),
  dateUpdated: new Date('2026-03-02T09:15:00.999Z'),
  dateSent: null,
};

describe('messageResource', () => {
  it('has exactly the keys and types of Twilio', () => {
    expect(messageResource(queued)).toEqual({
      sid: 'SM0f6c2a1be54d4c7f9a3e8d71b2c05e44',
      account_sid: 'AC5d1c0e9b7a6f48329b4e1d2c3f4a5b6c',
      messaging_service_sid: null,
      to: '+15558675309',
      from: '+14158141829',
      body: 'Jenny, call me back',
      status: 'queued',
      direction: 'outbound-api',
      num_segments: '1',
      num_media: '0',
      price: null,
      price_unit: 'USD',
      error_code: null,
      error_message: null,
      date_created: 'Mon, 02 Mar 2026 09:15:00 +0000',
      date_updated: 'Mon, 02 Mar 2026 09:15:00 +0000',
      date_sent: null,
      api_version: '2010-04-01',
      uri: '/2010-04-01/Accounts/AC5d1c0e9b7a6f48329b4e1d2c3f4a5b6c/Messages/SM0f6c2a1be54d4c7f9a3e8d71b2c05e44.json',
      subresource_uris: {
        media:
          '/2010-04-01/Accounts/AC5d1c0e9b7a6f48329b4e1d2c3f4a5b6c/Messages/SM0f6c2a1be54d4c7f9a3e8d71b2c05e44/Media.json',
      },
    });
  });

  it('shows price, dates and the title of the error once there are any', () => {
    const undelivered = messageResource({
      ...queued,
      sid: makeSid('MM', new Uint8Array(16)),
      status: 'undelivered',
      numSegments: 3,
      numMedia: 10,
      priceMicros: 22_500,
      errorCode: 30003,
      dateSent: new Date('2026-03-02T09:15:03Z'),
    });
    expect(undelivered).toMatchObject({
      sid: `MM${'0'.repeat(32)}`,
      num_segments: '3',
      num_media: '10',
      price: '-0.02250',
      error_code: 30003,
      error_message: 'Unreachable destination handset',
      date_sent: 'Mon, 02 Mar 2026 09:15:03 +0000',
    });
  });
});
