import { describe, expect, it } from '@jest/globals';
import type { AccountSid, PhoneNumber, PhoneNumberSid } from '@heliograph/domain';
import { formatPhoneNumber } from './format-phone-number.js';
import { incomingPhoneNumberResource } from './incoming-phone-number-resource.js';
import { noWebhooks } from './webhook-parameters.js';

const accountSid = 'AC5d1c0e9b7a6f48329b4e1d2c3f4a5b6c' as AccountSid;
const sid = 'PN0f6c2a1be54d4c7f9a3e8d71b2c05e44' as PhoneNumberSid;

describe('incomingPhoneNumberResource', () => {
  it('has exactly the keys and types of Twilio', () => {
    const number = {
      sid,
      accountSid,
      phoneNumber: '+14158150000' as PhoneNumber,
      friendlyName: '(415) 815-0000',
      canSendSms: true,
      canSendMms: false,
      smsApplicationSid: '' as const,
      voiceApplicationSid: '' as const,
      webhooks: { ...noWebhooks, smsUrl: 'https://example.com/sms', smsMethod: 'GET' as const },
      dateCreated: new Date('2026-03-02T09:15:00.400Z'),
      dateUpdated: new Date('2026-03-02T09:16:00.999Z'),
    };
    expect(incomingPhoneNumberResource(number)).toEqual({
      sid,
      account_sid: accountSid,
      friendly_name: '(415) 815-0000',
      phone_number: '+14158150000',
      api_version: '2010-04-01',
      capabilities: { voice: false, sms: true, mms: false, fax: false },
      sms_url: 'https://example.com/sms',
      sms_method: 'GET',
      sms_fallback_url: '',
      sms_fallback_method: 'POST',
      sms_application_sid: '',
      voice_url: '',
      voice_method: 'POST',
      voice_fallback_url: '',
      voice_fallback_method: 'POST',
      voice_application_sid: '',
      voice_caller_id_lookup: false,
      voice_receive_mode: 'voice',
      status_callback: '',
      status_callback_method: 'POST',
      address_requirements: 'none',
      address_sid: null,
      bundle_sid: null,
      identity_sid: null,
      emergency_status: 'Inactive',
      emergency_address_sid: null,
      emergency_address_status: 'unregistered',
      trunk_sid: null,
      beta: false,
      origin: 'twilio',
      status: 'in-use',
      type: 'local',
      date_created: 'Mon, 02 Mar 2026 09:15:00 +0000',
      date_updated: 'Mon, 02 Mar 2026 09:16:00 +0000',
      uri: `/2010-04-01/Accounts/${accountSid}/IncomingPhoneNumbers/${sid}.json`,
    });
  });
});

describe('formatPhoneNumber', () => {
  it.each([
    ['+14158150000', '(415) 815-0000'],
    ['+442071838750', '+442071838750'],
  ])('shows %s as %s', (phoneNumber, formatted) => {
    expect(formatPhoneNumber(phoneNumber as PhoneNumber)).toBe(formatted);
  });
});
