import { request } from 'undici';

const PAGE = 1_000;

/** Reads what handsets receive as it comes: sid → when, in milliseconds by the carrier's clock, which is this machine's. */
export class Handsets {
  readonly receivedAtMs = new Map<string, number>();
  private after = '';

  constructor(private readonly handsetsUrl: string) {}

  /** @throws when they have not all arrived within the time */
  async awaitAll(sids: readonly string[], timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    let missing = sids.filter((sid) => !this.receivedAtMs.has(sid));
    while (missing.length > 0) {
      if (performance.now() > deadline)
        throw new Error(`${missing.length} of ${sids.length} messages did not arrive in time`);
      if ((await this.readPage()) < PAGE) await new Promise((resolve) => setTimeout(resolve, 100));
      missing = missing.filter((sid) => !this.receivedAtMs.has(sid));
    }
  }

  private async readPage(): Promise<number> {
    const url = `${this.handsetsUrl}/messages?limit=${PAGE}${this.after && `&after=${this.after}`}`;
    const answer = await request(url);
    const { messages } = (await answer.body.json()) as {
      messages: { id: string; messageSid: string; receivedAtMicros: number }[];
    };
    for (const message of messages) this.receivedAtMs.set(message.messageSid, message.receivedAtMicros / 1_000);
    this.after = messages.at(-1)?.id ?? this.after;
    return messages.length;
  }
}
