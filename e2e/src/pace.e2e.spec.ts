import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { sdkFor, type DemoAccount } from './support/customer.js';
import { messagesOf } from './support/handsets.js';
import { shortestSpans } from './support/spans.js';

const MESSAGES = 20;
/** How far the carrier's clock may see n messages fall short of n - 1 seconds. */
const TOLERANCE_MICROS = 50_000;
/** How much longer than n - 1 seconds n messages may take on a busy machine where nothing is disturbed. */
const DELAY_MICROS = 4_000_000;
/** What other lanes do beside the one that is measured, for two dispatchers to have work at the same time. */
const OTHER_LANES = 10;
const MESSAGES_PER_OTHER_LANE = 5;

/** One message per second per long code, measured where the handset gets it. */
describe('the pace of a long code', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let account: DemoAccount;
  let to: string;
  let handsets = 0;

  beforeAll(async () => {
    stack = await startTestStack({ extraNumbers: OTHER_LANES });
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
  }, 60_000);

  beforeEach(() => {
    handsets += 1;
    to = `+1555010${String(handsets).padStart(4, '0')}`;
  });

  const sendAll = async (): Promise<string[]> => {
    const client = sdkFor(stack.endpoint.apiUrl, account);
    const sids: string[] = [];
    for (let index = 0; index < MESSAGES; index += 1) {
      sids.push((await client.messages.create({ from: '+14158141829', to, body: `${index}` })).sid);
    }
    return sids;
  };

  const hasArrived = async (count: number): Promise<void> => {
    await eventually(
      async () => expect((await messagesOf(stack.endpoint.handsetsUrl, to)).length).toBeGreaterThanOrEqual(count),
      60_000,
    );
  };

  /** Every message arrives once, in order, and never faster than the pace. Resolves to how long it took from first to last. */
  const expectPacedArrival = async (): Promise<number> => {
    const messages = await eventually(async () => {
      const received = await messagesOf(stack.endpoint.handsetsUrl, to);
      expect(received).toHaveLength(MESSAGES);
      return received;
    }, 90_000);
    expect(messages.map((message) => message.body)).toEqual(Array.from({ length: MESSAGES }, (_, index) => `${index}`));
    const times = messages.map((message) => message.receivedAtMicros);
    const spans = shortestSpans(times, 1_000_000);
    expect(spans.filter(({ spanMicros, atLeast }) => spanMicros < atLeast - TOLERANCE_MICROS)).toEqual([]);
    return times.at(-1)! - times[0]!;
  };

  it('holds over every window, and is used up', async () => {
    await sendAll();
    expect(await expectPacedArrival()).toBeLessThan((MESSAGES - 1) * 1_000_000 + DELAY_MICROS);
  }, 90_000);

  it('holds when the dispatcher is restarted in the middle, and when it is killed', async () => {
    await sendAll();
    await hasArrived(5);
    await stack.services.dispatcher.restart();
    await hasArrived(11);
    await stack.services.dispatcher.kill('SIGKILL');
    await stack.services.dispatcher.start();
    await expectPacedArrival();
  }, 180_000);

  it('holds when the channel is killed in the middle, and when NATS loses its whole store', async () => {
    await sendAll();
    await hasArrived(5);
    await stack.services['channel-simulator'].kill('SIGKILL');
    await stack.services['channel-simulator'].start();
    await hasArrived(11);
    await stack.nats!.kill('SIGKILL');
    stack.nats!.wipeStore();
    await stack.nats!.start();
    await expectPacedArrival();
  }, 180_000);

  it('holds with two dispatchers that share the work', async () => {
    const second = await stack.addReplica('dispatcher');
    const [sids, others] = await Promise.all([sendAll(), sendFromOtherLanes()]);
    await expectPacedArrival();
    const claimed = stack.replicasOf('dispatcher').map((dispatcher) => sidsClaimedBy(dispatcher.logFile));
    const shares = claimed.map((claims) => [...sids, ...others].filter((sid) => claims.has(sid)).length);
    expect(Math.min(...shares)).toBeGreaterThan(0);
    expect(shares.reduce((sum, share) => sum + share)).toBe(sids.length + others.length);
    await second.stop();
  }, 180_000);

  const sendFromOtherLanes = async (): Promise<string[]> => {
    const client = sdkFor(stack.endpoint.apiUrl, account);
    const sids: string[] = [];
    for (const from of account.phoneNumbers.slice(-OTHER_LANES)) {
      for (let index = 0; index < MESSAGES_PER_OTHER_LANE; index += 1) {
        sids.push((await client.messages.create({ from, to: `${to}0`, body: `${index}` })).sid);
      }
    }
    return sids;
  };
});

/** The messages that a dispatcher says it has taken from their lanes. */
function sidsClaimedBy(logFile: string): Set<string> {
  const claims = readFileSync(logFile, 'utf8')
    .split('\n')
    .filter((line) => line.includes('lanes.claimed'));
  return new Set(claims.flatMap((line) => line.match(/(?:SM|MM)[0-9a-f]{32}/g) ?? []));
}
