import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LocalStack, startLocalStack } from '@heliograph/local-stack';
import { Client } from 'pg';
import { type Figures, rounded, type Say } from '../figures.js';
import { CarrierBooks } from './carrier-books.js';
import { measureClaims } from './claim-cost.js';
import { LANES, loadBacklog } from './load-backlog.js';
import type { PaceOptions } from './options.js';
import { peakMemoryMb } from './machine.js';

const LITTLE = 10_000;
/** A database beside the stack's own, on the same server. */
const SECOND_DATABASE = 'little';
/** How long a dispatcher is watched after its start. */
const WATCH_MS = 15_000;
/** For what a stopped dispatcher had handed over: the channel finishes it. */
const QUIET_MS = 5_000;

/**
 * Ten million messages in 100,000 lanes beside ten thousand in as many: what a claim costs, how soon a dispatcher that starts has sent the
 * first message, and how much memory it needs.
 */
export async function measureBacklog(say: Say, { waiting }: PaceOptions): Promise<Figures> {
  const stack = await startLocalStack({
    dataFolder: mkdtempSync(join(tmpdir(), 'heliograph-bench-')),
    services: ['dispatcher', 'channel-simulator'],
  });
  try {
    await stack.services.dispatcher.stop();
    const urls = { much: stack.endpoint.databaseUrl, little: await addDatabase(stack.endpoint.databaseUrl) };
    await load(urls.little, LITTLE, say);
    await load(urls.much, LITTLE, say);
    const little = await watchStart(stack, say);
    await load(urls.much, waiting, say);
    const claims = await measureClaims(urls, say);
    const much = await watchStart(stack, say);
    return {
      ...claims,
      resumeSeconds: rounded(much.resumeSeconds),
      resumedPerSecond: rounded(much.perSecond),
      dispatcherMemoryMb: rounded(much.memoryMb),
      resumeOfLittleSeconds: rounded(little.resumeSeconds),
      resumedOfLittlePerSecond: rounded(little.perSecond),
      dispatcherMemoryOfLittleMb: rounded(little.memoryMb),
    };
  } finally {
    await stack.remove();
  }
}

async function load(url: string, waiting: number, say: Say): Promise<void> {
  const startedAtMs = performance.now();
  await loadBacklog(url, waiting);
  const tookS = ((performance.now() - startedAtMs) / 1_000).toFixed(1);
  say(`${waiting.toLocaleString('en')} messages wait in ${LANES.toLocaleString('en')} lanes (loaded in ${tookS} s)`);
}

/** A second database with the tables of the first, to which nothing may be connected. */
async function addDatabase(adminUrl: string): Promise<string> {
  const url = new URL(adminUrl);
  const original = url.pathname.slice(1);
  url.pathname = '/postgres';
  const client = new Client({ connectionString: url.href });
  await client.connect();
  try {
    // The channel has its connections to the original: they are closed, and come back by themselves.
    await client.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1`, [original]);
    await client.query(`CREATE DATABASE ${SECOND_DATABASE} TEMPLATE ${client.escapeIdentifier(original)}`);
  } finally {
    await client.end();
  }
  url.pathname = `/${SECOND_DATABASE}`;
  return url.href;
}

interface Resumption {
  /** From the start of the process until its first message is with the carrier. */
  readonly resumeSeconds: number;
  /** From then on. */
  readonly perSecond: number;
  /** The most it has had. */
  readonly memoryMb: number;
}

async function watchStart(stack: LocalStack, say: Say): Promise<Resumption> {
  const { dispatcher } = stack.services;
  const books = await CarrierBooks.open(stack.endpoint.databaseUrl);
  try {
    const startedAtUs = await books.nowUs();
    await dispatcher.start();
    const readySeconds = ((await books.nowUs()) - startedAtUs) / 1_000_000;
    await sleep(WATCH_MS);
    const memoryMb = peakMemoryMb(dispatcher.pid!);
    const submitted = await books.read(startedAtUs);
    await dispatcher.stop();
    await sleep(QUIET_MS);
    const firstAtUs = submitted[0]?.atUs ?? Number.NaN;
    const resumeSeconds = (firstAtUs - startedAtUs) / 1_000_000;
    const perSecond = (submitted.length * 1_000_000) / (submitted.at(-1)!.atUs - firstAtUs);
    say(
      `a dispatcher was ready ${readySeconds.toFixed(2)} s, its first message sent ${resumeSeconds.toFixed(2)} s after its start`,
    );
    return { resumeSeconds, perSecond, memoryMb };
  } finally {
    await books.close();
  }
}
