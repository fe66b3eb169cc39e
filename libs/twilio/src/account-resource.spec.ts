import { describe, expect, it } from '@jest/globals';
import type { AccountSid } from '@heliograph/domain';
import { parseAccountListFilters, parseAccountUpdate } from './account-parameters.js';
import { accountResource } from './account-resource.js';
import type { FormFields } from './form-fields.js';

const sid = 'AC5d1c0e9b7a6f48329b4e1d2c3f4a5b6c' as AccountSid;

describe('accountResource', () => {
  it('has the keys and types of Twilio, and mms_fallback', () => {
    const path = `/2010-04-01/Accounts/${sid}`;
    const account = {
      sid,
      friendlyName: 'Example',
      status: 'active',
      type: 'Trial',
      authToken: '0123456789abcdef0123456789abcdef',
      hasMmsFallback: true,
      dateCreated: new Date('2026-03-02T09:15:00.400Z'),
      dateUpdated: new Date('2026-03-02T09:16:00.999Z'),
    } as const;
    expect(accountResource(account)).toEqual({
      sid,
      owner_account_sid: sid,
      friendly_name: 'Example',
      status: 'active',
      type: 'Trial',
      auth_token: '0123456789abcdef0123456789abcdef',
      date_created: 'Mon, 02 Mar 2026 09:15:00 +0000',
      date_updated: 'Mon, 02 Mar 2026 09:16:00 +0000',
      uri: `${path}.json`,
      subresource_uris: {
        applications: `${path}/Applications.json`,
        incoming_phone_numbers: `${path}/IncomingPhoneNumbers.json`,
        messages: `${path}/Messages.json`,
        notifications: `${path}/Notifications.json`,
        outgoing_caller_ids: `${path}/OutgoingCallerIds.json`,
      },
      mms_fallback: true,
    });
  });
});

describe('parseAccountUpdate', () => {
  const current = { friendlyName: 'Example', hasMmsFallback: false };

  it.each<[FormFields, object]>([
    [{}, current],
    [{ FriendlyName: 'Other' }, { friendlyName: 'Other', hasMmsFallback: false }],
    [{ MmsFallback: 'true' }, { friendlyName: 'Example', hasMmsFallback: true }],
    [{ MmsFallback: '' }, { friendlyName: 'Example', hasMmsFallback: true }],
  ])('makes of %j', (fields, settings) => {
    expect(parseAccountUpdate(fields, current)).toEqual({ kind: 'valid', settings });
  });

  it.each<[FormFields, number]>([
    [{ FriendlyName: 'x'.repeat(65) }, 20002],
    [{ MmsFallback: 'no' }, 20422],
    [{ Status: 'active' }, 21477],
    [{ Status: 'closed', FriendlyName: 'Other' }, 21477],
    [{ Status: 'asleep' }, 21475],
  ])('refuses %j with %i', (fields, code) => {
    expect(parseAccountUpdate(fields, current)).toMatchObject({ kind: 'refused', error: { code, status: 400 } });
  });
});

describe('parseAccountListFilters', () => {
  it('keeps the filters as given', () => {
    expect(parseAccountListFilters({ Status: 'active' })).toEqual({
      kind: 'valid',
      filters: { friendlyName: null, status: 'active', given: [['Status', 'active']] },
    });
    expect(parseAccountListFilters({ Status: 'asleep' })).toMatchObject({ kind: 'refused', error: { code: 20422 } });
  });
});
