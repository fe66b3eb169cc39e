/**
 * `npm test`: lint, types, build, then the tests of each kind, on a fresh clone too. Every phase runs even when an earlier one
 * failed; a kind of which no test ran has failed. `npm test unit` (or int, e2e) runs one kind alone; what follows goes to Jest.
 * The last line is `N passed, N failed`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, checkNodeVersion, checkTypes, install, REPOSITORY } from './prepare.mjs';
import { Problem, elapsedSeconds, runStep, say } from './terminal.mjs';

const PRETTIER = 'node_modules/prettier/bin/prettier.cjs';
const KINDS = ['unit', 'int', 'e2e'];
/** Integration tests mostly wait for their servers: two files at a time. End-to-end tests start everything and measure times: one by one. */
const WORKERS = { unit: ['--maxWorkers=2'], int: ['--maxWorkers=2'], e2e: ['--runInBand'] };
/** More than these is no noise. */
const MOST_FILES_RUN_AGAIN = 3;

const total = (results, field) => results.reduce((sum, result) => sum + result[field], 0);

/** Runs a program of this project with its output shown; gives the exit code. */
const run = async (args, env = {}) => {
  const child = spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, ...env } });
  const [code] = await once(child, 'exit');
  return code ?? 1;
};

const lint = async () => {
  const problems = [];
  for (const step of [checkFormat, lintCode]) await step().catch((error) => problems.push(error.message));
  if (problems.length > 0) throw new Problem(problems.join('\n'));
};

const checkFormat = () =>
  runStep('formatting (prettier --check)', [process.execPath, PRETTIER, '--check', '.', '--log-level', 'warn']);

const lintCode = async () => {
  say('linting every project (nx run-many) …');
  const heartbeat = setInterval(() => say('linting … still at it'), 10_000);
  const code = await run(['node_modules/.bin/nx', 'run-many', '-t', 'lint'], {
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
  }).finally(() => clearInterval(heartbeat));
  if (code !== 0) throw new Problem('lint found problems');
};

const ensureNatsServer = async () => {
  const { findNatsServerBinary } = await import('../../libs/local-stack/dist/index.js');
  say(`nats-server: ${await findNatsServerBinary({ report: say })}`);
};

/** One run of Jest over a kind, or over some of its files; its report, or undefined where it died without one. */
const runJestOnce = async (kind, extraArguments) => {
  const outputFile = `test-results/${kind}.json`;
  rmSync(outputFile, { force: true });
  const code = await run(
    [
      'node_modules/jest/bin/jest.js',
      ...WORKERS[kind],
      '--reporters=default',
      `--reporters=${join(REPOSITORY, 'tools/dev/progress-reporter.mjs')}`,
      '--json',
      `--outputFile=${outputFile}`,
      ...extraArguments,
    ],
    { TEST_KIND: kind, NODE_OPTIONS: '--experimental-vm-modules --no-warnings' },
  );
  return {
    code,
    suites: existsSync(outputFile) ? JSON.parse(readFileSync(outputFile, 'utf8')).testResults : undefined,
  };
};

/** A suite that did not run counts as one failure. */
const countSuite = ({ status, assertionResults }) => {
  const count = (...statuses) => assertionResults.filter((test) => statuses.includes(test.status)).length;
  const failed = count('failed');
  return {
    passed: count('passed'),
    failed: status === 'failed' ? Math.max(failed, 1) : failed,
    skipped: count('pending', 'todo'),
  };
};

/**
 * Runs the tests of one kind; gives how many passed, failed and were skipped. On CI, where a noisy neighbour can break a deadline,
 * files of integration and end-to-end tests that failed are run once more, and named as flaky where that passes: not hidden, not fatal.
 */
const runJest = async (kind, extraArguments) => {
  const first = await runJestOnce(kind, extraArguments);
  if (!first.suites) return { passed: 0, failed: 1, skipped: 0 };
  const failing = first.suites.filter((suite) => suite.status === 'failed').map((suite) => suite.name);
  let { code } = first;
  let { suites } = first;
  if (process.env.CI && kind !== 'unit' && failing.length > 0 && failing.length <= MOST_FILES_RUN_AGAIN) {
    say(`running again, once: ${failing.join(', ')}`);
    const second = await runJestOnce(kind, failing);
    code = second.code;
    suites = [...first.suites.filter((suite) => !failing.includes(suite.name)), ...(second.suites ?? [])];
    if (code === 0) say(`FLAKY, passed the second time: ${failing.join(', ')}`);
  }
  const counts = suites.map(countSuite);
  const failed = total(counts, 'failed');
  if (total(counts, 'passed') + failed === 0) throw new Problem(`no ${kind} test ran`);
  return {
    passed: total(counts, 'passed'),
    failed: code === 0 ? failed : Math.max(failed, 1),
    skipped: total(counts, 'skipped'),
  };
};

/** A phase without tests of its own counts only when it fails. */
const asPhase = (name, work) => ({
  name,
  run: async () => {
    await work();
    return { passed: 0, failed: 0, skipped: 0 };
  },
});

const phasesFor = (kinds, extraArguments) => [
  ...(kinds.length > 1 ? [asPhase('lint', lint), asPhase('types', checkTypes)] : []),
  asPhase('build', build),
  ...(kinds.some((kind) => kind !== 'unit') ? [asPhase('nats-server', ensureNatsServer)] : []),
  ...kinds.map((kind) => ({ name: kind, run: () => runJest(kind, extraArguments) })),
];

const runPhase = async ({ name, run: runIt }) => {
  const startedAtMs = performance.now();
  say(`=== ${name}`);
  let counts;
  try {
    counts = await runIt();
  } catch (error) {
    console.error(error instanceof Problem ? error.message : error);
    counts = { passed: 0, failed: 1, skipped: 0 };
  }
  return { name, ...counts, seconds: (performance.now() - startedAtMs) / 1000 };
};

const printTable = (results) => {
  console.log(
    `\n${'phase'.padEnd(14)}${'result'.padEnd(9)}${'passed'.padStart(7)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'seconds'.padStart(9)}`,
  );
  for (const { name, passed, failed, skipped, seconds } of results) {
    const verdict = failed === 0 ? 'ok' : 'FAILED';
    const numbers = [
      String(passed).padStart(7),
      String(failed).padStart(8),
      String(skipped).padStart(9),
      seconds.toFixed(1).padStart(9),
    ];
    console.log(`${name.padEnd(14)}${verdict.padEnd(9)}${numbers.join('')}`);
  }
  console.log(`\nTook ${elapsedSeconds()} s.`);
};

const test = async ([wish, ...extraArguments]) => {
  checkNodeVersion();
  process.chdir(REPOSITORY);
  if (wish !== undefined && !KINDS.includes(wish))
    throw new Problem(`"${wish}" is no kind of test: ${KINDS.join(', ')}.`);
  const results = [await runPhase(asPhase('install', install))];
  if (results[0].failed === 0) {
    mkdirSync('test-results', { recursive: true });
    for (const phase of phasesFor(wish ? [wish] : KINDS, extraArguments)) results.push(await runPhase(phase));
  }
  printTable(results);
  return results;
};

let results;
try {
  results = await test(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Problem ? error.message : error);
  results = [{ passed: 0, failed: 1, skipped: 0 }];
}
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((field) => total(results, field));
process.exitCode = failed === 0 ? 0 : 1;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
