import type { AccountSid } from '@heliograph/domain';
import { type KeyLookup, SigningKeys } from './signing-keys.js';

/** Short, because a token that was replaced must soon sign no more. */
const FRESH_MS = 1_000;
/** How old a key may be when nobody can be asked. */
const USABLE_MS = 600_000;
const CAPACITY = 10_000;

interface Remembered {
  readonly lookup: KeyLookup;
  readonly atMs: number;
}

/** Asks `source` once a second for each account, and answers from memory in between and while `source` is away. */
export class RememberedSigningKeys extends SigningKeys {
  private readonly known = new Map<string, Remembered>();
  private readonly failures = new Map<string, Remembered>();
  private readonly asked = new Map<string, Promise<KeyLookup>>();

  /** @param clock milliseconds that never go back */
  constructor(
    private readonly source: SigningKeys,
    private readonly clock: () => number,
  ) {
    super();
  }

  async find(accountSid: AccountSid): Promise<KeyLookup> {
    const known = this.known.get(accountSid);
    if (known && this.isWithin(known, FRESH_MS)) return known.lookup;
    const failure = this.failures.get(accountSid);
    const lookup = failure && this.isWithin(failure, FRESH_MS) ? failure.lookup : await this.ask(accountSid);
    if (lookup.kind !== 'unavailable' || !known) return lookup;
    return this.isWithin(known, USABLE_MS) ? known.lookup : lookup;
  }

  private ask(accountSid: AccountSid): Promise<KeyLookup> {
    const asked = this.asked.get(accountSid) ?? this.askOnce(accountSid);
    this.asked.set(accountSid, asked);
    return asked;
  }

  private async askOnce(accountSid: AccountSid): Promise<KeyLookup> {
    const lookup = await this.source.find(accountSid);
    this.asked.delete(accountSid);
    this.failures.delete(accountSid);
    const memory = lookup.kind === 'unavailable' ? this.failures : this.known;
    this.remember(memory, accountSid, lookup);
    return lookup;
  }

  private remember(memory: Map<string, Remembered>, accountSid: string, lookup: KeyLookup): void {
    memory.delete(accountSid);
    memory.set(accountSid, { lookup, atMs: this.clock() });
    const [longestUnasked] = memory.keys();
    if (memory.size > CAPACITY && longestUnasked !== undefined) memory.delete(longestUnasked);
  }

  private isWithin({ atMs }: Remembered, ageMs: number): boolean {
    return this.clock() - atMs < ageMs;
  }
}
