import { describe, expect, it } from '@jest/globals';
import { newApplication, parseApplicationParameters } from './application-parameters.js';
import type { FormFields } from './form-fields.js';

const stored = {
  ...newApplication,
  friendlyName: 'Stored',
  webhooks: { ...newApplication.webhooks, smsUrl: 'https://example.com/sms' },
  messageStatusCallback: 'https://example.com/messages',
  hasPublicConnect: true,
};

describe('parseApplicationParameters', () => {
  it('takes its own parameters beside those of webhooks', () => {
    const fields = {
      FriendlyName: 'Calls',
      MessageStatusCallback: 'https://example.com/a',
      SmsStatusCallback: 'https://example.com/b',
      PublicApplicationConnectEnabled: 'true',
      SmsUrl: 'https://example.com/c',
      ApiVersion: '2008-08-01',
    };
    expect(parseApplicationParameters(fields, newApplication)).toEqual({
      kind: 'valid',
      settings: {
        ...newApplication,
        friendlyName: 'Calls',
        messageStatusCallback: 'https://example.com/a',
        smsStatusCallback: 'https://example.com/b',
        hasPublicConnect: true,
        webhooks: { ...newApplication.webhooks, smsUrl: 'https://example.com/c' },
      },
    });
  });

  it('leaves what is not given and clears what is given empty', () => {
    expect(parseApplicationParameters({}, stored)).toEqual({ kind: 'valid', settings: stored });
    const cleared = { FriendlyName: '', SmsUrl: '', MessageStatusCallback: '', PublicApplicationConnectEnabled: '' };
    expect(parseApplicationParameters(cleared, stored)).toEqual({ kind: 'valid', settings: newApplication });
  });

  it.each<[FormFields, number]>([
    [{ FriendlyName: 'x'.repeat(65) }, 20002],
    [{ MessageStatusCallback: 'nowhere' }, 21402],
    [{ MessageStatusCallback: 'https://an_underscore.example.com/' }, 21402],
    [{ SmsStatusCallback: 'ftp://example.com/' }, 21402],
    [{ SmsMethod: 'PUT' }, 21403],
    [{ SmsUrl: '', SmsFallbackUrl: 'https://example.com/' }, 21406],
    [{ PublicApplicationConnectEnabled: 'maybe' }, 20422],
  ])('refuses %j with %i', (fields, code) => {
    expect(parseApplicationParameters(fields, stored)).toMatchObject({ kind: 'refused', error: { code } });
  });
});
