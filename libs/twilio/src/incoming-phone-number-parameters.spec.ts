import { describe, expect, it } from '@jest/globals';
import { errorEnvelope } from './error-catalogue.js';
import type { FormFields } from './form-fields.js';
import {
  type IncomingPhoneNumberSettings,
  parseCreateIncomingPhoneNumber,
  parseIncomingPhoneNumberSettings,
} from './incoming-phone-number-parameters.js';
import { parseIncomingPhoneNumberListFilters } from './list-incoming-phone-numbers-filters.js';
import { noWebhooks } from './webhook-parameters.js';

const APPLICATION = `AP${'1'.repeat(32)}`;

describe('parseCreateIncomingPhoneNumber', () => {
  it('takes a number, or any of an area code; the number counts', () => {
    const wanted = (fields: FormFields) => {
      const parsed = parseCreateIncomingPhoneNumber(fields);
      return parsed.kind === 'valid' ? parsed.request.wanted : parsed.error;
    };
    const number = { kind: 'number', phoneNumber: '+14158150000' };
    expect(wanted({ PhoneNumber: '+14158150000' })).toEqual(number);
    expect(wanted({ PhoneNumber: '+14158150000', AreaCode: '212' })).toEqual(number);
    expect(wanted({ AreaCode: '212' })).toEqual({ kind: 'area-code', areaCode: '212' });
  });

  it('has defaults for what the owner may decide', () => {
    expect(parseCreateIncomingPhoneNumber({ AreaCode: '212' })).toMatchObject({
      request: {
        settings: { friendlyName: '', smsApplicationSid: '', voiceApplicationSid: '', webhooks: noWebhooks },
      },
    });
  });

  it.each<[FormFields, number]>([
    [{}, 21421],
    [{ PhoneNumber: '4158150000' }, 21421],
    [{ PhoneNumber: '70707' }, 21421],
    [{ AreaCode: '41' }, 21451],
    [{ AreaCode: '123' }, 21451],
    [{ AreaCode: '212', FriendlyName: 'x'.repeat(65) }, 20002],
    [{ AreaCode: '212', SmsUrl: 'nowhere' }, 21402],
    [{ AreaCode: '212', SmsMethod: 'PUT' }, 21403],
    [{ AreaCode: '212', SmsFallbackUrl: 'https://example.com' }, 21406],
    [{ AreaCode: '212', SmsApplicationSid: 'AP1' }, 21420],
    [{ AreaCode: '212', VoiceApplicationSid: `PN${'1'.repeat(32)}` }, 21420],
  ])('refuses %j with %i', (fields, code) => {
    expect(parseCreateIncomingPhoneNumber(fields)).toMatchObject({ kind: 'refused', error: { code, status: 400 } });
  });
});

describe('parseIncomingPhoneNumberSettings', () => {
  it('leaves what is not given and clears what is given empty', () => {
    const current = {
      friendlyName: 'Support',
      smsApplicationSid: APPLICATION,
      voiceApplicationSid: '',
      webhooks: { ...noWebhooks, smsUrl: 'https://example.com/sms' },
    } as IncomingPhoneNumberSettings;
    expect(parseIncomingPhoneNumberSettings({}, current)).toEqual({ kind: 'valid', settings: current });
    const update = { SmsUrl: '', SmsApplicationSid: '', FriendlyName: 'Sales', VoiceApplicationSid: APPLICATION };
    expect(parseIncomingPhoneNumberSettings(update, current)).toMatchObject({
      settings: {
        friendlyName: 'Sales',
        smsApplicationSid: '',
        voiceApplicationSid: APPLICATION,
        webhooks: noWebhooks,
      },
    });
  });
});

describe('parseIncomingPhoneNumberListFilters', () => {
  it('keeps the filters as given, for the page URIs', () => {
    const query = { Origin: 'twilio', PhoneNumber: '(415) 81*', Beta: 'false', FriendlyName: 'Support', Other: 'x' };
    expect(parseIncomingPhoneNumberListFilters(query)).toEqual({
      kind: 'valid',
      filters: {
        phoneNumberPart: '41581*',
        friendlyName: 'Support',
        isHosted: false,
        given: [
          ['PhoneNumber', '(415) 81*'],
          ['FriendlyName', 'Support'],
          ['Beta', 'false'],
          ['Origin', 'twilio'],
        ],
      },
    });
    expect(parseIncomingPhoneNumberListFilters({ Origin: 'hosted' })).toMatchObject({ filters: { isHosted: true } });
  });

  it.each<[FormFields, string, string]>([
    [{ PhoneNumber: '415%' }, 'PhoneNumber', 'may have digits, + and *'],
    [{ Beta: 'yes' }, 'Beta', 'must be true or false'],
    [{ Origin: 'elsewhere' }, 'Origin', 'must be twilio or hosted'],
  ])('refuses %j', (query, parameter, reason) => {
    const error = errorEnvelope('invalidParameter', { parameter, reason });
    expect(parseIncomingPhoneNumberListFilters(query)).toEqual({ kind: 'refused', error });
  });
});
