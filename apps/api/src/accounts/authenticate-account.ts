import { isSid } from '@heliograph/domain';
import { parseBasicAuth } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';
import type { Account } from './account.js';
import { AccountDirectory, digestToken } from './account-directory.js';

export type Authentication =
  | { readonly kind: 'authenticated'; readonly account: Account }
  /** The account was suspended or closed. */
  | { readonly kind: 'inactive' }
  /** No credentials, or wrong ones. */
  | { readonly kind: 'unauthenticated' }
  /** The path names no account, or one that is not the caller's. */
  | { readonly kind: 'not-found' };

/** Who is calling, and may they use the account that the path names, if it names one? */
@Injectable()
export class AuthenticateAccount {
  constructor(private readonly accounts: AccountDirectory) {}

  /**
   * A malformed SID in the path is not found whatever the credentials, as at Twilio; an unknown one only for who has credentials, so
   * that nobody can ask which accounts exist.
   */
  async authenticate(authorization: string | undefined, pathAccountSid: string | null): Promise<Authentication> {
    if (pathAccountSid !== null && !isSid(pathAccountSid, 'AC')) return { kind: 'not-found' };
    const given = parseBasicAuth(authorization);
    if (given === null || !isSid(given.username, 'AC')) return { kind: 'unauthenticated' };
    const found = await this.accounts.find(given.username);
    if (found === null || !matchesAny(given.password, found.tokenDigests)) return { kind: 'unauthenticated' };
    if (found.account.status !== 'active') return { kind: 'inactive' };
    if (pathAccountSid !== null && found.account.sid !== pathAccountSid) return { kind: 'not-found' };
    return { kind: 'authenticated', account: found.account };
  }
}

/** In a time that depends neither on the password nor on which token it equals. */
function matchesAny(password: string, tokenDigests: readonly Buffer[]): boolean {
  const digest = digestToken(password);
  return tokenDigests.reduce((matches, tokenDigest) => timingSafeEqual(digest, tokenDigest) || matches, false);
}
