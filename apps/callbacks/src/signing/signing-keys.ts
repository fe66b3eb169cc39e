import type { AccountSid } from '@heliograph/domain';

/** The key that signs an account's webhooks. `unavailable`: nobody can say just now. */
export type KeyLookup =
  | { readonly kind: 'found'; readonly authToken: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'unavailable'; readonly reason: string };

/** Knows the keys that webhooks are signed with. */
export abstract class SigningKeys {
  /** Never throws; bounded in time. */
  abstract find(accountSid: AccountSid): Promise<KeyLookup>;
}
