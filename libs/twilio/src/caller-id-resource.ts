import type { AccountSid, CallSid, PhoneNumberSid } from '@heliograph/domain';
import { API_VERSION } from './message-resource.js';
import { formatRfc2822 } from './rfc2822.js';

/** A number that an account has verified. */
export interface CallerIdRecord {
  readonly sid: PhoneNumberSid;
  readonly accountSid: AccountSid;
  /** E.164. */
  readonly phoneNumber: string;
  readonly friendlyName: string;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;
}

/** A verification that waits for the phone. */
export interface ValidationRecord {
  readonly accountSid: AccountSid;
  /** E.164. */
  readonly phoneNumber: string;
  readonly friendlyName: string;
  /** Six digits. */
  readonly code: string;
  /** Of a call that is not made: clients expect one. */
  readonly callSid: CallSid;
}

/** Twilio's OutgoingCallerId resource. */
export interface CallerIdResource {
  readonly sid: string;
  readonly account_sid: string;
  readonly friendly_name: string;
  readonly phone_number: string;
  readonly date_created: string;
  readonly date_updated: string;
  readonly uri: string;
}

/** What the request to verify a number is answered with, in place of a caller ID. */
export interface ValidationResource {
  readonly account_sid: string;
  readonly phone_number: string;
  readonly friendly_name: string;
  readonly validation_code: string;
  readonly call_sid: string;
}

/** The JSON of one verified number. */
export function callerIdResource(callerId: CallerIdRecord): CallerIdResource {
  return {
    sid: callerId.sid,
    account_sid: callerId.accountSid,
    friendly_name: callerId.friendlyName,
    phone_number: callerId.phoneNumber,
    date_created: formatRfc2822(callerId.dateCreated),
    date_updated: formatRfc2822(callerId.dateUpdated),
    uri: `${callerIdsPath(callerId.accountSid)}/${callerId.sid}.json`,
  };
}

/** The JSON of one verification that was begun. */
export function validationResource(validation: ValidationRecord): ValidationResource {
  return {
    account_sid: validation.accountSid,
    phone_number: validation.phoneNumber,
    friendly_name: validation.friendlyName,
    validation_code: validation.code,
    call_sid: validation.callSid,
  };
}

/** The path of an account's verified numbers, without extension. */
export const callerIdsPath = (accountSid: string): string => `/${API_VERSION}/Accounts/${accountSid}/OutgoingCallerIds`;
