import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { clientNetwork } from './client-network.js';

/** Whether a client may try another path; `retryAfterS` in whole seconds. */
export type GuessVerdict = { kind: 'allowed' } | { kind: 'limited'; retryAfterS: number; isFirst: boolean };

/** Bounds how many paths that lead nowhere a client may try in a minute; counted by each replica for itself. */
export class GuessLimiter {
  private readonly misses: RateLimiterMemory;

  constructor(missesPerMinute: number) {
    this.misses = new RateLimiterMemory({ points: missesPerMinute, duration: 60 });
  }

  /** Counts a try as a miss until it is known to be none: otherwise many at once would all be looked up before the first one counts. */
  async begin(ip: string): Promise<GuessVerdict> {
    try {
      await this.misses.consume(clientNetwork(ip));
      return { kind: 'allowed' };
    } catch (rejection) {
      if (!(rejection instanceof RateLimiterRes)) throw rejection;
      const { msBeforeNext, consumedPoints } = rejection;
      const isFirst = consumedPoints === this.misses.points + 1;
      return { kind: 'limited', retryAfterS: Math.max(1, Math.ceil(msBeforeNext / 1_000)), isFirst };
    }
  }

  /** Takes a try back that has led somewhere. */
  async wasHit(ip: string): Promise<void> {
    await this.misses.reward(clientNetwork(ip));
  }
}
