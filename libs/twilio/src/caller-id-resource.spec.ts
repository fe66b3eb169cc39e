import type { AccountSid, CallSid, PhoneNumberSid } from '@heliograph/domain';
import { expect, it } from '@jest/globals';
import { callerIdResource, validationResource } from './caller-id-resource.js';

const accountSid = 'AC5d1c0e9b7a6f48329b4e1d2c3f4a5b6c' as AccountSid;
const phoneNumber = '+15558675309';
const friendlyName = 'Jenny';

it('an OutgoingCallerId has exactly the keys and types of Twilio', () => {
  const sid = 'PN0f6c2a1be54d4c7f9a3e8d71b2c05e44' as PhoneNumberSid;
  const dates = { dateCreated: new Date('2026-03-02T09:15:00Z'), dateUpdated: new Date('2026-03-02T09:15:01Z') };
  expect(callerIdResource({ sid, accountSid, phoneNumber, friendlyName, ...dates })).toEqual({
    sid,
    account_sid: accountSid,
    friendly_name: 'Jenny',
    phone_number: '+15558675309',
    date_created: 'Mon, 02 Mar 2026 09:15:00 +0000',
    date_updated: 'Mon, 02 Mar 2026 09:15:01 +0000',
    uri: `/2010-04-01/Accounts/${accountSid}/OutgoingCallerIds/${sid}.json`,
  });
});

it('so has the answer to a request to verify', () => {
  const callSid = 'CA0f6c2a1be54d4c7f9a3e8d71b2c05e44' as CallSid;
  expect(validationResource({ accountSid, phoneNumber, friendlyName, code: '012345', callSid })).toEqual({
    account_sid: accountSid,
    phone_number: '+15558675309',
    friendly_name: 'Jenny',
    validation_code: '012345',
    call_sid: callSid,
  });
});
