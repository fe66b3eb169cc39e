import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { Capacity } from '../capacity/capacity.js';
import { clientNetwork } from './client-network.js';

/** What came of a try; `retryAfterS` in whole seconds. */
export type GuessResult<Found> =
  | { kind: 'found'; found: Found }
  | { kind: 'missed' }
  | { kind: 'limited'; retryAfterS: number; isFirst: boolean };

/** How long a try waits for those of the same client before it. */
const MAX_WAIT_MS = 10_000;

/** Bounds how many paths that lead nowhere a client may try in a minute; counted by each replica for itself. */
export class GuessLimiter {
  private readonly misses: RateLimiterMemory;
  /** One try of a client after the other: many at once would all be looked up before the first miss counts. */
  private readonly turns = new Capacity(Infinity, 1);

  constructor(missesPerMinute: number) {
    this.misses = new RateLimiterMemory({ points: missesPerMinute, duration: 60 });
  }

  /** @param lookUp finds what the path leads to; null for nothing */
  async attempt<Found>(ip: string, lookUp: () => Promise<Found | null>): Promise<GuessResult<Found>> {
    const client = clientNetwork(ip);
    const result = await this.turns.use(client, 1, MAX_WAIT_MS, () => this.inTurn(client, lookUp));
    return result ?? { kind: 'limited', retryAfterS: 1, isFirst: false };
  }

  private async inTurn<Found>(client: string, lookUp: () => Promise<Found | null>): Promise<GuessResult<Found>> {
    const counted = await this.misses.get(client);
    if (counted !== null && counted.consumedPoints >= this.misses.points) return this.limited(client, counted);
    const found = await lookUp();
    if (found !== null) return { kind: 'found', found };
    await this.misses.consume(client);
    return { kind: 'missed' };
  }

  private async limited<Found>(client: string, counted: RateLimiterRes): Promise<GuessResult<Found>> {
    const isFirst = counted.consumedPoints === this.misses.points;
    // One more than it may have says that it was told.
    if (isFirst) await this.misses.penalty(client);
    return { kind: 'limited', retryAfterS: Math.max(1, Math.ceil(counted.msBeforeNext / 1_000)), isFirst };
  }
}
