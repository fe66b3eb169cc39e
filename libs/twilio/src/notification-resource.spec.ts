import { makeSid } from '@heliograph/domain';
import { describe, expect, it } from '@jest/globals';
import type { FormFields } from './form-fields.js';
import { parseNotificationListFilters } from './list-notifications-filters.js';
import { notificationInstance, notificationResource } from './notification-resource.js';

const accountSid = makeSid('AC', new Uint8Array(16));
const record = {
  sid: 'NO00000000000000000000000000000001',
  accountSid,
  messageSid: 'SM00000000000000000000000000000001',
  log: 0,
  errorCode: 12_100,
  text: 'Document parse failure: 1:5',
  occurredAt: new Date('2026-11-24T09:00:00.000Z'),
  requestUrl: 'https://customer.example/sms',
  requestMethod: 'POST',
  requestVariables: 'Body=Hi',
  responseHeaders: 'content-type: text/xml',
  responseBody: '<Response>',
} as const;

describe('a notification', () => {
  it("has Twilio's keys, and more by itself than in a list", () => {
    const listed = {
      sid: record.sid,
      account_sid: accountSid,
      call_sid: null,
      message_sid: record.messageSid,
      log: '0',
      error_code: '12100',
      more_info: 'https://www.twilio.com/docs/errors/12100',
      message_text: 'Document parse failure: 1:5',
      message_date: 'Tue, 24 Nov 2026 09:00:00 +0000',
      request_url: 'https://customer.example/sms',
      request_method: 'POST',
      api_version: '2010-04-01',
      date_created: 'Tue, 24 Nov 2026 09:00:00 +0000',
      date_updated: 'Tue, 24 Nov 2026 09:00:00 +0000',
      uri: `/2010-04-01/Accounts/${accountSid}/Notifications/${record.sid}.json`,
    };
    expect(notificationResource(record)).toEqual(listed);
    expect(notificationInstance(record)).toEqual({
      ...listed,
      request_variables: 'Body=Hi',
      response_headers: 'content-type: text/xml',
      response_body: '<Response>',
    });
  });
});

describe('the filters of notifications', () => {
  it('are the level of the log and the date', () => {
    expect(parseNotificationListFilters({ Log: '1', MessageDate: '2026-11-24' })).toEqual({
      kind: 'valid',
      filters: {
        log: 1,
        occurred: { from: new Date('2026-11-24T00:00:00.000Z'), before: new Date('2026-11-25T00:00:00.000Z') },
        given: [
          ['Log', '1'],
          ['MessageDate', '2026-11-24'],
        ],
      },
    });
    expect(parseNotificationListFilters({})).toMatchObject({ filters: { log: null, occurred: { from: null } } });
  });

  it.each([[{ Log: '2' }], [{ Log: 'error' }], [{ MessageDate: 'soon' }]] as [FormFields][])('refuse %j', (query) => {
    expect(parseNotificationListFilters(query)).toMatchObject({ kind: 'refused', error: { code: 20_422 } });
  });
});
