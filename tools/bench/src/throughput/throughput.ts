import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStack, startLocalStack } from '@heliograph/local-stack';
import { type Figures, percentile, rounded, type Say } from '../figures.js';
import { Handsets } from './handsets.js';
import { type Accepted, Customer, type Target } from './load.js';

const CONNECTIONS = 64;
const WARM_UP_MS = 3_000;
const FLAT_OUT_MS = 10_000;
const STEADY_PER_SECOND = 200;
const STEADY_MS = 10_000;
const ARRIVAL_TIMEOUT_MS = 180_000;

/** Starts the built services with data of their own, measures them, and leaves nothing behind. */
export async function measureThroughput(say: Say): Promise<Figures> {
  const stack = await startLocalStack({ dataFolder: mkdtempSync(join(tmpdir(), 'heliograph-bench-')) });
  try {
    return await measureStack(stack, say);
  } finally {
    await stack.remove();
  }
}

/**
 * Messages from a short code (not paced) to as many numbers. First flat out: how many are accepted per second (201 after the
 * synced commit), and how many reach the handset per second until all have. Then at a steady rate well below that: how long
 * one message takes from the request to the handset.
 */
async function measureStack(stack: LocalStack, say: Say): Promise<Figures> {
  const handsets = new Handsets(stack.endpoint.handsetsUrl);
  const customer = new Customer(targetOf(stack), CONNECTIONS);
  try {
    say(`warming up for ${WARM_UP_MS / 1_000} s`);
    await arrival(handsets, await customer.sendFlatOut(WARM_UP_MS));
    say(`flat out on ${CONNECTIONS} connections for ${FLAT_OUT_MS / 1_000} s`);
    const flatOut = await customer.sendFlatOut(FLAT_OUT_MS);
    say(`${flatOut.length} accepted; waiting until all have reached their handsets`);
    const lastArrivalMs = (await arrival(handsets, flatOut)).reduce((last, each) => Math.max(last, each), 0);
    await customer.awaitDelivered(flatOut);
    say(`${STEADY_PER_SECOND} per second for ${STEADY_MS / 1_000} s`);
    const steady = await customer.sendAtRate(STEADY_PER_SECOND, STEADY_MS);
    const arrivals = await arrival(handsets, steady);
    const endToEndMs = steady.map((message, index) => arrivals[index]! - message.sentAtMs);
    return figuresOf(flatOut, lastArrivalMs, endToEndMs);
  } finally {
    await customer.close();
  }
}

function figuresOf(flatOut: readonly Accepted[], lastArrivalMs: number, endToEndMs: readonly number[]): Figures {
  const startedAtMs = flatOut.reduce((first, each) => Math.min(first, each.sentAtMs), Number.POSITIVE_INFINITY);
  const acceptedByMs = flatOut.reduce((last, each) => Math.max(last, each.sentAtMs + each.tookMs), 0);
  const tookMs = flatOut.map((each) => each.tookMs);
  return {
    acceptedPerSecond: rounded((flatOut.length * 1_000) / (acceptedByMs - startedAtMs)),
    endToEndPerSecond: rounded((flatOut.length * 1_000) / (lastArrivalMs - startedAtMs)),
    acceptP50Ms: rounded(percentile(tookMs, 0.5)),
    acceptP99Ms: rounded(percentile(tookMs, 0.99)),
    endToEndP50Ms: rounded(percentile(endToEndMs, 0.5)),
    endToEndP99Ms: rounded(percentile(endToEndMs, 0.99)),
  };
}

async function arrival(handsets: Handsets, messages: readonly Accepted[]): Promise<number[]> {
  const sids = messages.map((message) => message.sid);
  await handsets.awaitAll(sids, ARRIVAL_TIMEOUT_MS);
  return sids.map((sid) => handsets.receivedAtMs.get(sid)!);
}

function targetOf(stack: LocalStack): Target {
  const { apiUrl, accounts } = stack.endpoint;
  const account = accounts.find(({ type }) => type === 'Full');
  const from = account?.shortCodes[0];
  if (!account || !from) throw new Error('The demo data hold no full account with a short code');
  return { apiUrl, accountSid: account.sid, authToken: account.authToken, from };
}
