import { Database, isDatabaseOutage } from '@heliograph/postgres';
import { Injectable } from '@nestjs/common';

/** Whether the carrier can be reached, and for people why it cannot. */
export type LinkCondition =
  | { readonly isReady: true; readonly reason: null }
  | { readonly isReady: false; readonly reason: string };

/** The simulated carrier is a database: while that is away, it takes nothing. */
@Injectable()
export class CarrierLink {
  private condition: LinkCondition = { isReady: true, reason: null };
  private isLooking = false;

  constructor(private readonly database: Database) {}

  /** What was found last; it has another look meanwhile, so that each call learns what the call before it looked for. */
  check(): LinkCondition {
    void this.look();
    return this.condition;
  }

  private async look(): Promise<void> {
    if (this.isLooking) return;
    this.isLooking = true;
    try {
      await this.database.ping();
      this.condition = { isReady: true, reason: null };
    } catch (error) {
      // Only an outage keeps submissions from being taken.
      if (isDatabaseOutage(error)) this.condition = { isReady: false, reason: 'its database is away' };
    } finally {
      this.isLooking = false;
    }
  }
}
