import type { AccountSid, PhoneNumber, PhoneNumberSid } from '@heliograph/domain';
import type { IncomingPhoneNumberSettings } from './incoming-phone-number-parameters.js';
import { API_VERSION } from './message-resource.js';
import type { WebhookMethod } from './resource-parameters.js';
import { formatRfc2822 } from './rfc2822.js';

/** A long code that an account owns, as far as the IncomingPhoneNumber resource shows it. */
export interface IncomingPhoneNumberRecord extends IncomingPhoneNumberSettings {
  readonly sid: PhoneNumberSid;
  readonly accountSid: AccountSid;
  readonly phoneNumber: PhoneNumber;
  readonly canSendSms: boolean;
  readonly canSendMms: boolean;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;
}

/** Twilio's IncomingPhoneNumber resource. What is not set is an empty string; what does not exist here, such as trunks, is null. */
export interface IncomingPhoneNumberResource {
  readonly sid: string;
  readonly account_sid: string;
  readonly friendly_name: string;
  readonly phone_number: string;
  readonly api_version: string;
  readonly capabilities: {
    readonly voice: boolean;
    readonly sms: boolean;
    readonly mms: boolean;
    readonly fax: boolean;
  };
  readonly sms_url: string;
  readonly sms_method: WebhookMethod;
  readonly sms_fallback_url: string;
  readonly sms_fallback_method: WebhookMethod;
  readonly sms_application_sid: string;
  readonly voice_url: string;
  readonly voice_method: WebhookMethod;
  readonly voice_fallback_url: string;
  readonly voice_fallback_method: WebhookMethod;
  readonly voice_application_sid: string;
  readonly voice_caller_id_lookup: boolean;
  readonly voice_receive_mode: 'voice';
  readonly status_callback: string;
  readonly status_callback_method: WebhookMethod;
  readonly address_requirements: 'none';
  readonly address_sid: null;
  readonly bundle_sid: null;
  readonly identity_sid: null;
  readonly emergency_status: 'Inactive';
  readonly emergency_address_sid: null;
  readonly emergency_address_status: 'unregistered';
  readonly trunk_sid: null;
  readonly beta: false;
  readonly origin: 'twilio';
  readonly status: 'in-use';
  readonly type: 'local';
  readonly date_created: string;
  readonly date_updated: string;
  readonly uri: string;
}

/** The JSON of one number. */
export function incomingPhoneNumberResource(number: IncomingPhoneNumberRecord): IncomingPhoneNumberResource {
  const { webhooks } = number;
  return {
    sid: number.sid,
    account_sid: number.accountSid,
    friendly_name: number.friendlyName,
    phone_number: number.phoneNumber,
    api_version: API_VERSION,
    // There are no calls and no faxes here.
    capabilities: { voice: false, sms: number.canSendSms, mms: number.canSendMms, fax: false },
    sms_url: webhooks.smsUrl,
    sms_method: webhooks.smsMethod,
    sms_fallback_url: webhooks.smsFallbackUrl,
    sms_fallback_method: webhooks.smsFallbackMethod,
    sms_application_sid: number.smsApplicationSid,
    voice_url: webhooks.voiceUrl,
    voice_method: webhooks.voiceMethod,
    voice_fallback_url: webhooks.voiceFallbackUrl,
    voice_fallback_method: webhooks.voiceFallbackMethod,
    voice_application_sid: number.voiceApplicationSid,
    voice_caller_id_lookup: webhooks.looksUpVoiceCallerId,
    voice_receive_mode: 'voice',
    status_callback: webhooks.statusCallback,
    status_callback_method: webhooks.statusCallbackMethod,
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
    date_created: formatRfc2822(number.dateCreated),
    date_updated: formatRfc2822(number.dateUpdated),
    uri: `${incomingPhoneNumbersPath(number.accountSid)}/${number.sid}.json`,
  };
}

/** The path of an account's numbers, without extension. */
export function incomingPhoneNumbersPath(accountSid: string): string {
  return `/${API_VERSION}/Accounts/${accountSid}/IncomingPhoneNumbers`;
}
