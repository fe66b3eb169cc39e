import type { AccountSid, ApplicationSid } from '@heliograph/domain';
import { describe, expect, it } from '@jest/globals';
import { newApplication } from './application-parameters.js';
import { applicationResource } from './application-resource.js';

const accountSid = 'AC5d1c0e9b7a6f48329b4e1d2c3f4a5b6c' as AccountSid;
const sid = 'AP0f6c2a1be54d4c7f9a3e8d71b2c05e44' as ApplicationSid;

describe('applicationResource', () => {
  it('has exactly the keys and types of Twilio', () => {
    const application = {
      ...newApplication,
      sid,
      accountSid,
      friendlyName: 'Calls',
      messageStatusCallback: 'https://example.com/messages',
      webhooks: { ...newApplication.webhooks, smsUrl: 'https://example.com/sms', smsMethod: 'GET' },
      dateCreated: new Date('2026-03-02T09:15:00.400Z'),
      dateUpdated: new Date('2026-03-02T09:15:01.999Z'),
    } as const;
    expect(applicationResource(application)).toEqual({
      sid,
      account_sid: accountSid,
      friendly_name: 'Calls',
      api_version: '2010-04-01',
      message_status_callback: 'https://example.com/messages',
      sms_status_callback: null,
      sms_url: 'https://example.com/sms',
      sms_method: 'GET',
      sms_fallback_url: null,
      sms_fallback_method: 'POST',
      status_callback: null,
      status_callback_method: 'POST',
      voice_url: null,
      voice_method: 'POST',
      voice_fallback_url: null,
      voice_fallback_method: 'POST',
      voice_caller_id_lookup: false,
      public_application_connect_enabled: false,
      date_created: 'Mon, 02 Mar 2026 09:15:00 +0000',
      date_updated: 'Mon, 02 Mar 2026 09:15:01 +0000',
      uri: `/2010-04-01/Accounts/${accountSid}/Applications/${sid}.json`,
    });
  });
});
