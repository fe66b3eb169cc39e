import type { AccountSid, ApplicationSid } from '@heliograph/domain';
import type { ApplicationSettings } from './application-parameters.js';
import { API_VERSION } from './message-resource.js';
import type { WebhookMethod } from './resource-parameters.js';
import { formatRfc2822 } from './rfc2822.js';

/** A stored application. */
export interface ApplicationRecord extends ApplicationSettings {
  readonly sid: ApplicationSid;
  readonly accountSid: AccountSid;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;
}

/** Twilio's Application resource. */
export interface ApplicationResource {
  readonly sid: string;
  readonly account_sid: string;
  readonly friendly_name: string;
  readonly api_version: string;
  readonly message_status_callback: string | null;
  readonly sms_status_callback: string | null;
  readonly sms_url: string | null;
  readonly sms_method: WebhookMethod;
  readonly sms_fallback_url: string | null;
  readonly sms_fallback_method: WebhookMethod;
  readonly status_callback: string | null;
  readonly status_callback_method: WebhookMethod;
  readonly voice_url: string | null;
  readonly voice_method: WebhookMethod;
  readonly voice_fallback_url: string | null;
  readonly voice_fallback_method: WebhookMethod;
  readonly voice_caller_id_lookup: boolean;
  readonly public_application_connect_enabled: boolean;
  readonly date_created: string;
  readonly date_updated: string;
  readonly uri: string;
}

/** The JSON of one application. URLs that are not set are null, as in the examples of Twilio's OpenAPI document. */
export function applicationResource(application: ApplicationRecord): ApplicationResource {
  const { webhooks } = application;
  return {
    sid: application.sid,
    account_sid: application.accountSid,
    friendly_name: application.friendlyName,
    api_version: API_VERSION,
    message_status_callback: urlOrNull(application.messageStatusCallback),
    sms_status_callback: urlOrNull(application.smsStatusCallback),
    sms_url: urlOrNull(webhooks.smsUrl),
    sms_method: webhooks.smsMethod,
    sms_fallback_url: urlOrNull(webhooks.smsFallbackUrl),
    sms_fallback_method: webhooks.smsFallbackMethod,
    status_callback: urlOrNull(webhooks.statusCallback),
    status_callback_method: webhooks.statusCallbackMethod,
    voice_url: urlOrNull(webhooks.voiceUrl),
    voice_method: webhooks.voiceMethod,
    voice_fallback_url: urlOrNull(webhooks.voiceFallbackUrl),
    voice_fallback_method: webhooks.voiceFallbackMethod,
    voice_caller_id_lookup: webhooks.looksUpVoiceCallerId,
    public_application_connect_enabled: application.hasPublicConnect,
    date_created: formatRfc2822(application.dateCreated),
    date_updated: formatRfc2822(application.dateUpdated),
    uri: `${applicationsPath(application.accountSid)}/${application.sid}.json`,
  };
}

/** The path of an account's applications, without extension. */
export const applicationsPath = (accountSid: string): string => `/${API_VERSION}/Accounts/${accountSid}/Applications`;

const urlOrNull = (url: string): string | null => (url === '' ? null : url);
