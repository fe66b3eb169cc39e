import { describe, expect, it } from '@jest/globals';
import type { FormFields } from './form-fields.js';
import { noWebhooks, parseWebhookParameters, type WebhookSettings } from './webhook-parameters.js';

const stored: WebhookSettings = {
  ...noWebhooks,
  smsUrl: 'https://example.com/sms',
  smsMethod: 'GET',
  smsFallbackUrl: 'https://example.com/fallback',
  looksUpVoiceCallerId: true,
};

const codeOf = (fields: FormFields, current = noWebhooks) => {
  const parsed = parseWebhookParameters(fields, current);
  return parsed.kind === 'refused' ? parsed.error.code : 'valid';
};

describe('parseWebhookParameters', () => {
  it('takes every one', () => {
    const fields = {
      SmsUrl: 'https://example.com/a',
      SmsMethod: 'GET',
      SmsFallbackUrl: 'http://example.com:8080/b?c=d',
      SmsFallbackMethod: 'GET',
      VoiceUrl: 'https://example.com/e',
      VoiceMethod: 'GET',
      VoiceFallbackUrl: 'https://example.com/f',
      VoiceFallbackMethod: 'GET',
      VoiceCallerIdLookup: 'true',
      StatusCallback: 'https://example.com/g',
      StatusCallbackMethod: 'GET',
    };
    expect(parseWebhookParameters(fields, noWebhooks)).toEqual({
      kind: 'valid',
      webhooks: {
        smsUrl: 'https://example.com/a',
        smsMethod: 'GET',
        smsFallbackUrl: 'http://example.com:8080/b?c=d',
        smsFallbackMethod: 'GET',
        voiceUrl: 'https://example.com/e',
        voiceMethod: 'GET',
        voiceFallbackUrl: 'https://example.com/f',
        voiceFallbackMethod: 'GET',
        looksUpVoiceCallerId: true,
        statusCallback: 'https://example.com/g',
        statusCallbackMethod: 'GET',
      },
    });
  });

  it('leaves what is not given and clears what is given empty', () => {
    expect(parseWebhookParameters({}, stored)).toEqual({ kind: 'valid', webhooks: stored });
    const cleared = { SmsMethod: '', SmsFallbackUrl: '', SmsUrl: '', VoiceCallerIdLookup: '' };
    expect(parseWebhookParameters(cleared, stored)).toEqual({ kind: 'valid', webhooks: noWebhooks });
  });

  it.each<[FormFields, number | string]>([
    [{ SmsUrl: 'nowhere' }, 21402],
    [{ VoiceUrl: 'ftp://example.com' }, 21402],
    [{ StatusCallback: 'https://an_underscore.example.com/' }, 21402],
    [{ SmsUrl: 'https://an_underscore.example.com/' }, 'valid'],
    [{ SmsMethod: 'PUT' }, 21403],
    [{ SmsMethod: 'get' }, 21403],
    [{ StatusCallbackMethod: 'DELETE' }, 21403],
    [{ VoiceCallerIdLookup: 'yes' }, 20422],
    [{ SmsFallbackUrl: 'https://example.com/' }, 21406],
    [{ VoiceFallbackUrl: 'https://example.com/' }, 21405],
    [{ SmsUrl: 'https://example.com/', SmsFallbackUrl: 'https://example.com/' }, 'valid'],
  ])('answers %j with %s', (fields, expected) => {
    expect(codeOf(fields)).toBe(expected);
  });

  it('refuses to leave a fallback without its URL', () => {
    expect(codeOf({ SmsUrl: '' }, stored)).toBe(21406);
  });

  it('names the parameter', () => {
    const parsed = parseWebhookParameters({ VoiceFallbackUrl: 'x' }, noWebhooks);
    expect(parsed).toMatchObject({
      error: { message: 'Invalid Url: VoiceFallbackUrl must be an absolute http or https URL' },
    });
  });
});
