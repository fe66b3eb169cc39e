import { signingKey } from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';
import { NatsRequests } from '@heliograph/jetstream';
import { Injectable } from '@nestjs/common';
import { type KeyLookup, SigningKeys } from './signing-keys.js';

const ANSWER_TIMEOUT_MS = 2_000;

/** Asks `api`. */
@Injectable()
export class ApiSigningKeys extends SigningKeys {
  constructor(private readonly requests: NatsRequests) {
    super();
  }

  async find(accountSid: AccountSid): Promise<KeyLookup> {
    try {
      return await this.requests.ask(signingKey, { accountSid }, ANSWER_TIMEOUT_MS);
    } catch (error) {
      return { kind: 'unavailable', reason: error instanceof Error ? error.message : String(error) };
    }
  }
}
