import { Pool } from 'undici';

/** Who sends, from what, and where to. */
export interface Target {
  readonly apiUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly from: string;
}

/** One accepted message: when its request left, and how long the answer took. Times by the wall clock, in milliseconds. */
export interface Accepted {
  readonly sid: string;
  readonly from: string;
  readonly sentAtMs: number;
  readonly tookMs: number;
}

const nowMs = (): number => performance.timeOrigin + performance.now();
let sequence = 0;

/** A customer with `connections` keep-alive connections. */
export class Customer {
  private readonly pool: Pool;
  private readonly path: string;
  private readonly headers: Record<string, string>;

  constructor(
    private readonly target: Target,
    private readonly connections: number,
  ) {
    this.pool = new Pool(target.apiUrl, { connections, pipelining: 1 });
    this.path = `/2010-04-01/Accounts/${target.accountSid}/Messages.json`;
    this.headers = {
      authorization: `Basic ${Buffer.from(`${target.accountSid}:${target.authToken}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
  }

  /** Sends one message, from the target's sender where none is named. */
  async send(from = this.target.from): Promise<Accepted> {
    sequence += 1;
    const to = `+1555${String(sequence % 10_000_000).padStart(7, '0')}`;
    const body = `From=${encodeURIComponent(from)}&To=${encodeURIComponent(to)}&Body=Message+number+${sequence}`;
    const sentAtMs = nowMs();
    const answer = await this.pool.request({ method: 'POST', path: this.path, headers: this.headers, body });
    const text = await answer.body.text();
    if (answer.statusCode !== 201) throw new Error(`A message was answered ${answer.statusCode}: ${text}`);
    return { sid: (JSON.parse(text) as { sid: string }).sid, from, sentAtMs, tookMs: nowMs() - sentAtMs };
  }

  /** Sends as fast as the answers come, on every connection, for so long. */
  async sendFlatOut(durationMs: number): Promise<Accepted[]> {
    const accepted: Accepted[] = [];
    const endsAtMs = nowMs() + durationMs;
    const worker = async (): Promise<void> => {
      while (nowMs() < endsAtMs) accepted.push(await this.send());
    };
    await Promise.all(Array.from({ length: this.connections }, worker));
    return accepted;
  }

  /** Sends `perSecond` for so long, evenly, whether or not the answers keep up. */
  async sendAtRate(perSecond: number, durationMs: number): Promise<Accepted[]> {
    const startedAtMs = nowMs();
    const sending: Promise<Accepted>[] = [];
    for (let index = 0; index < (perSecond * durationMs) / 1_000; index += 1) {
      const waitMs = startedAtMs + (index * 1_000) / perSecond - nowMs();
      if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
      sending.push(this.send());
    }
    return await Promise.all(sending);
  }

  /** One message from each of these senders in this order, as fast as the answers come, on every connection. */
  async sendFromEach(senders: readonly string[]): Promise<Accepted[]> {
    const accepted: Accepted[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < senders.length) accepted.push(await this.send(senders[next++]));
    };
    await Promise.all(Array.from({ length: this.connections }, worker));
    return accepted;
  }

  /** Waits until the last of these messages is shown as delivered: receipts and statuses lag behind the handsets under load. */
  async awaitDelivered(messages: readonly Accepted[]): Promise<void> {
    const path = this.path.replace('.json', `/${messages.at(-1)!.sid}.json`);
    for (;;) {
      const answer = await this.pool.request({ method: 'GET', path, headers: this.headers });
      if (((await answer.body.json()) as { status: string }).status === 'delivered') return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}
