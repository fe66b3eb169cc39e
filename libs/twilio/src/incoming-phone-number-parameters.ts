import { type ApplicationSid, isSid, parsePhoneNumber, type PhoneNumber } from '@heliograph/domain';
import { errorEnvelope } from './error-catalogue.js';
import { givenValue, singleValue, type FormFields } from './form-fields.js';
import { printable } from './printable.js';
import { type Refusal, refused } from './refusal.js';
import { type ParameterParse, parseFriendlyName } from './resource-parameters.js';
import { noWebhooks, parseWebhookParameters, type WebhookSettings } from './webhook-parameters.js';

/** What the owner of a number decides. An empty application SID stands for none. */
export interface IncomingPhoneNumberSettings {
  readonly friendlyName: string;
  readonly smsApplicationSid: ApplicationSid | '';
  readonly voiceApplicationSid: ApplicationSid | '';
  readonly webhooks: WebhookSettings;
}

/** Which number an account wants: this one, or any of an area code. */
export type WantedNumber =
  | { readonly kind: 'number'; readonly phoneNumber: PhoneNumber }
  | { readonly kind: 'area-code'; readonly areaCode: string };

/** A request for another number. An empty `friendlyName` stands for the number itself, formatted. */
export interface CreateIncomingPhoneNumberRequest {
  readonly wanted: WantedNumber;
  readonly settings: IncomingPhoneNumberSettings;
}

const NEW_NUMBER: IncomingPhoneNumberSettings = {
  friendlyName: '',
  smsApplicationSid: '',
  voiceApplicationSid: '',
  webhooks: noWebhooks,
};

/** The parameters of `POST …/IncomingPhoneNumbers`. PhoneNumber counts where AreaCode is given, too. */
export function parseCreateIncomingPhoneNumber(
  fields: FormFields,
): { readonly kind: 'valid'; readonly request: CreateIncomingPhoneNumberRequest } | Refusal {
  const wanting = parseWanted(fields);
  if (wanting.kind === 'refused') return wanting;
  const parsed = parseIncomingPhoneNumberSettings(fields, NEW_NUMBER);
  if (parsed.kind === 'refused') return parsed;
  return { kind: 'valid', request: { wanted: wanting.value, settings: parsed.settings } };
}

/** The parameters of `POST …/IncomingPhoneNumbers/PN…`. Whether the applications exist is not known yet. */
export function parseIncomingPhoneNumberSettings(
  fields: FormFields,
  current: IncomingPhoneNumberSettings,
): { readonly kind: 'valid'; readonly settings: IncomingPhoneNumberSettings } | Refusal {
  const friendlyName = parseFriendlyName(fields, current.friendlyName);
  if (friendlyName.kind === 'refused') return friendlyName;
  const parsed = parseWebhookParameters(fields, current.webhooks);
  if (parsed.kind === 'refused') return parsed;
  const smsApplication = parseApplicationSid(fields, 'SmsApplicationSid', current.smsApplicationSid);
  if (smsApplication.kind === 'refused') return smsApplication;
  const voiceApplication = parseApplicationSid(fields, 'VoiceApplicationSid', current.voiceApplicationSid);
  if (voiceApplication.kind === 'refused') return voiceApplication;
  const settings: IncomingPhoneNumberSettings = {
    friendlyName: friendlyName.value,
    smsApplicationSid: smsApplication.value,
    voiceApplicationSid: voiceApplication.value,
    webhooks: parsed.webhooks,
  };
  return { kind: 'valid', settings };
}

function parseWanted(fields: FormFields): ParameterParse<WantedNumber> {
  const given = singleValue(fields, 'PhoneNumber');
  if (given !== undefined) {
    const phoneNumber = parsePhoneNumber(given);
    if (phoneNumber !== null) return { kind: 'valid', value: { kind: 'number', phoneNumber } };
    return refused(errorEnvelope('phoneNumberInvalid', { phoneNumber: printable(given) }));
  }
  const areaCode = singleValue(fields, 'AreaCode');
  if (areaCode === undefined) return refused(errorEnvelope('phoneNumberMissing'));
  if (!/^[2-9][0-9]{2}$/.test(areaCode))
    return refused(errorEnvelope('areaCodeInvalid', { areaCode: printable(areaCode) }));
  return { kind: 'valid', value: { kind: 'area-code', areaCode } };
}

function parseApplicationSid(
  fields: FormFields,
  name: string,
  current: ApplicationSid | '',
): ParameterParse<ApplicationSid | ''> {
  const value = givenValue(fields, name) ?? current;
  if (value === '' || isSid(value, 'AP')) return { kind: 'valid', value };
  return refused(errorEnvelope('applicationNotAccessible', { sid: printable(value) }));
}
