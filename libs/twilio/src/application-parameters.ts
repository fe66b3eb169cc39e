import type { FormFields } from './form-fields.js';
import type { Refusal } from './refusal.js';
import { parseBooleanParameter, parseFriendlyName, parseUrlParameter } from './resource-parameters.js';
import { noWebhooks, parseWebhookParameters, type WebhookSettings } from './webhook-parameters.js';

/** What a customer can set on an application. An empty URL stands for none. */
export interface ApplicationSettings {
  readonly friendlyName: string;
  /** Where the statuses of the application's messages are posted. */
  readonly messageStatusCallback: string;
  /** An older name of the same. */
  readonly smsStatusCallback: string;
  /** Whether other accounts may dial it; of no consequence here, where nobody dials. */
  readonly hasPublicConnect: boolean;
  readonly webhooks: WebhookSettings;
}

/** What a new application has. */
export const newApplication: ApplicationSettings = {
  friendlyName: '',
  messageStatusCallback: '',
  smsStatusCallback: '',
  hasPublicConnect: false,
  webhooks: noWebhooks,
};

export type ApplicationParse = { readonly kind: 'valid'; readonly settings: ApplicationSettings } | Refusal;

/**
 * The parameters of `POST …/Applications` and `POST …/Applications/{Sid}`. ApiVersion is not among them: there is one.
 * @param current what stays where a parameter is absent
 */
export function parseApplicationParameters(fields: FormFields, current: ApplicationSettings): ApplicationParse {
  const friendlyName = parseFriendlyName(fields, current.friendlyName);
  if (friendlyName.kind === 'refused') return friendlyName;
  const webhooks = parseWebhookParameters(fields, current.webhooks);
  if (webhooks.kind === 'refused') return webhooks;
  const messages = parseUrlParameter(fields, 'MessageStatusCallback', current.messageStatusCallback);
  if (messages.kind === 'refused') return messages;
  const sms = parseUrlParameter(fields, 'SmsStatusCallback', current.smsStatusCallback);
  if (sms.kind === 'refused') return sms;
  const connect = parseBooleanParameter(fields, 'PublicApplicationConnectEnabled', current.hasPublicConnect, false);
  if (connect.kind === 'refused') return connect;
  const settings = {
    friendlyName: friendlyName.value,
    messageStatusCallback: messages.value,
    smsStatusCallback: sms.value,
    hasPublicConnect: connect.value,
    webhooks: webhooks.webhooks,
  };
  return { kind: 'valid', settings };
}
