import type { AccountSid } from '@heliograph/domain';
import type { AccountSettings } from './account-parameters.js';
import { incomingPhoneNumbersPath } from './incoming-phone-number-resource.js';
import { API_VERSION, messagesPath } from './message-resource.js';
import { notificationsPath } from './notification-resource.js';
import { formatRfc2822 } from './rfc2822.js';

/** A customer, as far as the Account resource shows it. */
export interface AccountRecord extends AccountSettings {
  readonly sid: AccountSid;
  readonly status: 'active' | 'suspended' | 'closed';
  readonly type: 'Trial' | 'Full';
  /** The primary one. */
  readonly authToken: string;
  readonly dateCreated: Date;
  readonly dateUpdated: Date;
}

/** Twilio's Account resource, and `mms_fallback`, which is ours. */
export interface AccountResource {
  readonly sid: string;
  readonly owner_account_sid: string;
  readonly friendly_name: string;
  readonly status: AccountRecord['status'];
  readonly type: AccountRecord['type'];
  readonly auth_token: string;
  readonly date_created: string;
  readonly date_updated: string;
  readonly uri: string;
  /** Those that exist here. */
  readonly subresource_uris: {
    readonly applications: string;
    readonly incoming_phone_numbers: string;
    readonly messages: string;
    readonly notifications: string;
    readonly outgoing_caller_ids: string;
  };
  readonly mms_fallback: boolean;
}

/** The path of the accounts, without extension. */
export const ACCOUNTS_PATH = `/${API_VERSION}/Accounts`;

/** The JSON of one account. It has no parent, which Twilio shows as its being its own. */
export function accountResource(account: AccountRecord): AccountResource {
  const path = `${ACCOUNTS_PATH}/${account.sid}`;
  return {
    sid: account.sid,
    owner_account_sid: account.sid,
    friendly_name: account.friendlyName,
    status: account.status,
    type: account.type,
    auth_token: account.authToken,
    date_created: formatRfc2822(account.dateCreated),
    date_updated: formatRfc2822(account.dateUpdated),
    uri: `${path}.json`,
    subresource_uris: {
      applications: `${path}/Applications.json`,
      incoming_phone_numbers: `${incomingPhoneNumbersPath(account.sid)}.json`,
      messages: `${messagesPath(account.sid)}.json`,
      notifications: `${notificationsPath(account.sid)}.json`,
      outgoing_caller_ids: `${path}/OutgoingCallerIds.json`,
    },
    mms_fallback: account.hasMmsFallback,
  };
}
