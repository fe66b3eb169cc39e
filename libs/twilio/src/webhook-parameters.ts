import { errorEnvelope, type ErrorEnvelope } from './error-catalogue.js';
import type { FormFields } from './form-fields.js';
import { type Refusal, refused } from './refusal.js';
import {
  type ParameterParse,
  parseBooleanParameter,
  parseMethodParameter,
  parseUrlParameter,
  type WebhookMethod,
} from './resource-parameters.js';

/** Where a number or an application has its messages and calls answered. An empty URL stands for none. */
export interface WebhookSettings {
  readonly smsUrl: string;
  readonly smsMethod: WebhookMethod;
  readonly smsFallbackUrl: string;
  readonly smsFallbackMethod: WebhookMethod;
  readonly voiceUrl: string;
  readonly voiceMethod: WebhookMethod;
  readonly voiceFallbackUrl: string;
  readonly voiceFallbackMethod: WebhookMethod;
  readonly looksUpVoiceCallerId: boolean;
  readonly statusCallback: string;
  readonly statusCallbackMethod: WebhookMethod;
}

/** What a new number or application has. */
export const noWebhooks: WebhookSettings = {
  smsUrl: '',
  smsMethod: 'POST',
  smsFallbackUrl: '',
  smsFallbackMethod: 'POST',
  voiceUrl: '',
  voiceMethod: 'POST',
  voiceFallbackUrl: '',
  voiceFallbackMethod: 'POST',
  looksUpVoiceCallerId: false,
  statusCallback: '',
  statusCallbackMethod: 'POST',
};

export type WebhookParse = { readonly kind: 'valid'; readonly webhooks: WebhookSettings } | Refusal;

/**
 * The webhook parameters that IncomingPhoneNumbers and Applications share: SmsUrl, SmsFallbackUrl, VoiceUrl, VoiceFallbackUrl and
 * StatusCallback, each with its …Method, and VoiceCallerIdLookup. One that is given empty goes back to its default.
 * @param current what stays where a parameter is absent
 */
export function parseWebhookParameters(fields: FormFields, current: WebhookSettings): WebhookParse {
  const refusals: ErrorEnvelope[] = [];
  const valueOf = <Value>(parse: ParameterParse<Value>, otherwise: Value): Value => {
    if (parse.kind === 'refused') refusals.push(parse.error);
    return parse.kind === 'valid' ? parse.value : otherwise;
  };
  const url = (name: string, stored: string) => valueOf(parseUrlParameter(fields, name, stored), stored);
  const method = (name: string, stored: WebhookMethod) => valueOf(parseMethodParameter(fields, name, stored), stored);
  const webhooks: WebhookSettings = {
    smsUrl: url('SmsUrl', current.smsUrl),
    smsMethod: method('SmsMethod', current.smsMethod),
    smsFallbackUrl: url('SmsFallbackUrl', current.smsFallbackUrl),
    smsFallbackMethod: method('SmsFallbackMethod', current.smsFallbackMethod),
    voiceUrl: url('VoiceUrl', current.voiceUrl),
    voiceMethod: method('VoiceMethod', current.voiceMethod),
    voiceFallbackUrl: url('VoiceFallbackUrl', current.voiceFallbackUrl),
    voiceFallbackMethod: method('VoiceFallbackMethod', current.voiceFallbackMethod),
    looksUpVoiceCallerId: valueOf(
      parseBooleanParameter(fields, 'VoiceCallerIdLookup', current.looksUpVoiceCallerId, false),
      current.looksUpVoiceCallerId,
    ),
    statusCallback: url('StatusCallback', current.statusCallback),
    statusCallbackMethod: method('StatusCallbackMethod', current.statusCallbackMethod),
  };
  const error = refusals[0] ?? fallbackError(webhooks);
  return error === null ? { kind: 'valid', webhooks } : refused(error);
}

/** A fallback is asked where the URL itself gave no answer, so that there must be one. */
function fallbackError({ smsUrl, smsFallbackUrl, voiceUrl, voiceFallbackUrl }: WebhookSettings): ErrorEnvelope | null {
  if (smsFallbackUrl !== '' && smsUrl === '') return errorEnvelope('fallbackWithoutUrl');
  if (voiceFallbackUrl !== '' && voiceUrl === '') return errorEnvelope('voiceFallbackWithoutUrl');
  return null;
}
