import type { AccountSid } from '@heliograph/domain';

/** Bounds how many reads one account has under way at the same time, where each takes a while or costs somebody else something. */
export class ReadsUnderWay {
  private readonly countOf = new Map<AccountSid, number>();

  constructor(private readonly mostPerAccount: number) {}

  /** Whether one more may start; if so, `end` it. */
  start(accountSid: AccountSid): boolean {
    const count = this.countOf.get(accountSid) ?? 0;
    if (count >= this.mostPerAccount) return false;
    this.countOf.set(accountSid, count + 1);
    return true;
  }

  end(accountSid: AccountSid): void {
    const count = (this.countOf.get(accountSid) ?? 0) - 1;
    if (count > 0) this.countOf.set(accountSid, count);
    else this.countOf.delete(accountSid);
  }
}
