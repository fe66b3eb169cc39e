import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalStack, startLocalStack } from '@heliograph/local-stack';
import { type Figures, percentile, rounded, type Say } from '../figures.js';
import { Customer } from '../throughput/load.js';
import { CarrierBooks, type Submitted } from './carrier-books.js';
import { fullAccountOf } from './full-account.js';
import { judgePace } from './judge-pace.js';
import type { PaceOptions } from './options.js';
import { watchCores } from './machine.js';

const DISPATCHERS = 3;
const CONNECTIONS = 64;
const KILL_EVERY_MS = 5_000;
/** A machine that is too slow for the pace drains the lanes all the same; this is how slow it may be. */
const SLOWEST_PER_SECOND = 50;
const GRACE_MS = 90_000;
/** What is sent twice may come a little after the last. */
const AFTERMATH_MS = 3_000;

/** One drain of all lanes, as the carrier saw it. */
interface Drain {
  /** Which message is from whom. */
  readonly senderOf: ReadonlyMap<string, string>;
  readonly submitted: readonly Submitted[];
  readonly cpuPercent: number;
  readonly kills: number;
}

type Measure = (say: Say, options: PaceOptions) => Promise<Figures>;

/**
 * Many long codes with the same number of messages each, all accepted while the dispatchers are down, and then drained by three of them,
 * of which one after the other is killed with SIGKILL every five seconds and started again.
 */
export const measureExactness: Measure = async (say, options) => {
  const drain = await drainOnce(say, options, true);
  const { worstPercent, medianPercent, ...judgement } = judge(drain);
  return {
    ...judgement,
    drainOverIdealPercent: rounded(worstPercent),
    drainOverIdealMedianPercent: rounded(medianPercent),
    kills: drain.kills,
    demandedPerSecond: options.lanes,
    reachedPerSecond: rounded(perSecond(drain)),
    exactnessCpuPercent: rounded(drain.cpuPercent),
  };
};

/** The same while nobody is killed: what is left of the difference is the machine's and the pace's own. */
export const measureUndisturbed: Measure = async (say, options) => {
  const drain = await drainOnce(say, options, false);
  const { worstPercent, medianPercent, violations } = judge(drain);
  return {
    undisturbedViolations: violations,
    undisturbedDrainOverIdealPercent: rounded(worstPercent),
    undisturbedDrainOverIdealMedianPercent: rounded(medianPercent),
    undisturbedPerSecond: rounded(perSecond(drain)),
    undisturbedCpuPercent: rounded(drain.cpuPercent),
  };
};

async function drainOnce(say: Say, { lanes, messages }: PaceOptions, isDisturbed: boolean): Promise<Drain> {
  const stack = await startLocalStack({
    dataFolder: mkdtempSync(join(tmpdir(), 'heliograph-bench-')),
    replicas: { dispatcher: DISPATCHERS },
    serviceSettings: { api: { SEED_EXTRA_NUMBERS: String(lanes) } },
  });
  const books = await CarrierBooks.open(stack.endpoint.databaseUrl);
  try {
    const senders = fullAccountOf(stack.endpoint).phoneNumbers.slice(-lanes);
    return await drain(stack, books, senders, messages, isDisturbed, say);
  } finally {
    await books.close();
    await stack.remove();
  }
}

async function drain(
  stack: LocalStack,
  books: CarrierBooks,
  senders: readonly string[],
  messages: number,
  isDisturbed: boolean,
  say: Say,
): Promise<Drain> {
  const dispatchers = stack.replicasOf('dispatcher');
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.stop()));
  const senderOf = await accept(stack, senders, messages, say);
  say(
    `${dispatchers.length} dispatchers start${isDisturbed ? `; one is killed every ${KILL_EVERY_MS / 1_000} s` : ''}`,
  );
  const startedAtUs = await books.nowUs();
  const cpuPercent = watchCores();
  await Promise.all(dispatchers.map((dispatcher) => dispatcher.start()));
  const drained = new AbortController();
  const firstKillMs = Math.min(KILL_EVERY_MS, (messages - 1) * 500);
  const killing = isDisturbed ? killInTurn(dispatchers, firstKillMs, drained.signal) : Promise.resolve(0);
  try {
    await untilSubmitted(books, startedAtUs, senderOf.size, messages);
  } finally {
    drained.abort();
    await killing;
  }
  const busyPercent = cpuPercent();
  await sleep(AFTERMATH_MS);
  return { senderOf, submitted: await books.read(startedAtUs), cpuPercent: busyPercent, kills: await killing };
}

/** All messages of one sender before those of the next: lanes then start one after another, each with all of its messages waiting. */
async function accept(
  stack: LocalStack,
  senders: readonly string[],
  messages: number,
  say: Say,
): Promise<Map<string, string>> {
  say(`${senders.length * messages} messages of ${senders.length} senders are accepted while no dispatcher runs`);
  const { sid, authToken } = fullAccountOf(stack.endpoint);
  const { apiUrl } = stack.endpoint;
  const customer = new Customer({ apiUrl, accountSid: sid, authToken, from: '' }, CONNECTIONS);
  try {
    const accepted = await customer.sendFromEach(senders.flatMap((from) => Array<string>(messages).fill(from)));
    return new Map(accepted.map((message) => [message.sid, message.from]));
  } finally {
    await customer.close();
  }
}

/** Resolves to the number of kills once the signal says so. */
async function killInTurn(
  dispatchers: ReturnType<LocalStack['replicasOf']>,
  firstAfterMs: number,
  isOver: AbortSignal,
): Promise<number> {
  let killAtMs = performance.now() + firstAfterMs;
  for (let kills = 0; ; kills += 1) {
    await sleep(Math.max(0, killAtMs - performance.now()), undefined, { signal: isOver }).catch(() => undefined);
    if (isOver.aborted) return kills;
    killAtMs += KILL_EVERY_MS;
    const victim = dispatchers[kills % dispatchers.length]!;
    await victim.kill('SIGKILL');
    await victim.start();
  }
}

async function untilSubmitted(books: CarrierBooks, sinceUs: number, count: number, messages: number): Promise<void> {
  const deadline = performance.now() + messages * 1_000 + (count * 1_000) / SLOWEST_PER_SECOND + GRACE_MS;
  while ((await books.count(sinceUs)) < count && performance.now() < deadline) await sleep(250);
}

function judge(drain: Drain) {
  const { violations, shortfallUs, overIdealPercents } = judgePace(timesBySender(drain).values());
  return {
    violations,
    ...countsOf(drain),
    paceShortfallMs: rounded(shortfallUs / 1_000),
    worstPercent: Math.max(...overIdealPercents),
    medianPercent: percentile(overIdealPercents, 0.5),
  };
}

function countsOf({ senderOf, submitted }: Drain): { lost: number; duplicated: number } {
  const ours = submitted.filter(({ messageSid }) => senderOf.has(messageSid));
  const different = new Set(ours.map(({ messageSid }) => messageSid)).size;
  return { lost: senderOf.size - different, duplicated: ours.length - different };
}

function timesBySender({ senderOf, submitted }: Drain): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { messageSid, atUs } of submitted) {
    const sender = senderOf.get(messageSid);
    if (sender === undefined) continue;
    const known = times.get(sender);
    if (known) known.push(atUs);
    else times.set(sender, [atUs]);
  }
  return times;
}

function perSecond({ submitted }: Drain): number {
  const first = submitted[0]?.atUs ?? Number.NaN;
  return (submitted.length * 1_000_000) / ((submitted.at(-1)?.atUs ?? Number.NaN) - first);
}
