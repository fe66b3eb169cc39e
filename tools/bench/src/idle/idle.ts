import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStack, startLocalStack } from '@heliograph/local-stack';
import { type Figures, percentile, rounded, type Say } from '../figures.js';
import { Handsets } from '../throughput/handsets.js';
import { Customer } from '../throughput/load.js';
import { cpuTimeMs } from './cpu-time.js';

/** So that what is compiled and connected at first is behind it. */
const WARM_UP_MESSAGES = 20;
const SETTLE_MS = 10_000;
const REST_MS = 60_000;
/** So few that a long code's pace holds none of them back. */
const PER_SECOND = 0.7;
const MESSAGES = 21;
const ARRIVAL_TIMEOUT_MS = 30_000;

/** Starts the built services with data of their own, measures them at rest, and leaves nothing behind. */
export async function measureIdle(say: Say): Promise<Figures> {
  const stack = await startLocalStack({ dataFolder: mkdtempSync(join(tmpdir(), 'heliograph-bench-')) });
  try {
    const { shortCodes, phoneNumbers } = fullAccountOf(stack);
    await messagesOneByOne(stack, shortCodes[0]!, WARM_UP_MESSAGES, 10);
    say(`at rest for ${REST_MS / 1_000} s`);
    const cpuPercents = await cpuAtRest(stack);
    say(`${MESSAGES} messages, one by one, from a short code and from a long code`);
    const timings = [
      ...(await messagesOneByOne(stack, shortCodes[0]!, MESSAGES, PER_SECOND)),
      ...(await messagesOneByOne(stack, phoneNumbers[0]!, MESSAGES, PER_SECOND)),
    ];
    const submitMs = timings.map((timing) => timing.submitMs);
    const endToEndMs = timings.map((timing) => timing.endToEndMs);
    return {
      ...cpuPercents,
      idleSubmitP50Ms: rounded(percentile(submitMs, 0.5)),
      idleSubmitMaxMs: rounded(Math.max(...submitMs)),
      idleEndToEndP50Ms: rounded(percentile(endToEndMs, 0.5)),
    };
  } finally {
    await stack.remove();
  }
}

const fullAccountOf = (stack: LocalStack) => stack.endpoint.accounts.find(({ type }) => type === 'Full')!;

/** Percent of one core that all services use together, and each by itself, while nothing is sent. */
async function cpuAtRest(stack: LocalStack): Promise<Figures> {
  await sleep(SETTLE_MS);
  const services = Object.entries(stack.services);
  const usedMs = () => services.map(([, service]) => cpuTimeMs(service.pid!));
  const [before, startedAtMs] = [usedMs(), performance.now()];
  await sleep(REST_MS);
  const tookMs = performance.now() - startedAtMs;
  const percents = usedMs().map((after, index) => ((after - before[index]!) * 100) / tookMs);
  const each = services.map(([name], index) => [`idleCpuPercent.${name}`, rounded(percents[index]!)] as const);
  return { idleCpuPercent: rounded(percents.reduce((sum, each) => sum + each, 0)), ...Object.fromEntries(each) };
}

/** `submitMs`: from the answer 201 until the carrier has the message; `endToEndMs`: from the request. */
interface Timing {
  readonly submitMs: number;
  readonly endToEndMs: number;
}

async function messagesOneByOne(stack: LocalStack, from: string, count: number, perSecond: number): Promise<Timing[]> {
  const { apiUrl, handsetsUrl } = stack.endpoint;
  const { sid: accountSid, authToken } = fullAccountOf(stack);
  const customer = new Customer({ apiUrl, accountSid, authToken, from }, 1);
  const handsets = new Handsets(handsetsUrl);
  try {
    const accepted = await customer.sendAtRate(perSecond, (count * 1_000) / perSecond);
    const sids = accepted.map(({ sid }) => sid);
    await handsets.awaitAll(sids, ARRIVAL_TIMEOUT_MS);
    return accepted.map(({ sid, sentAtMs, tookMs }) => {
      const endToEndMs = handsets.receivedAtMs.get(sid)! - sentAtMs;
      return { endToEndMs, submitMs: endToEndMs - tookMs };
    });
  } finally {
    await customer.close();
  }
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
