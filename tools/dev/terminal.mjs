import { spawn } from 'node:child_process';
import { once } from 'node:events';

const startedAtMs = performance.now();
const HEARTBEAT_MS = 5_000;

/** Seconds since this program began, with one digit: `12.3`. */
export const elapsedSeconds = () => ((performance.now() - startedAtMs) / 1000).toFixed(1);

let printProgress = console.log;

/** Prints one line of progress. */
export const say = (line) => printProgress(`[${elapsedSeconds().padStart(5)} s] ${line}`);

/** From here on progress goes to stderr: what is on stdout may be read by a program. */
export const keepStdoutForResults = () => {
  printProgress = console.error;
};

/** Something a person must know and can put right: it is shown without a stack. */
export class Problem extends Error {}

/**
 * Runs a command of this project, says that it is under way, and shows its output only when it fails.
 * @param {string} title what it does, in the words of a progress line
 * @param {readonly string[]} command the program and its arguments
 */
export const runStep = async (title, command) => {
  say(`${title} …`);
  const heartbeat = setInterval(() => say(`${title} … still at it`), HEARTBEAT_MS);
  const output = [];
  try {
    const child = spawn(command[0], command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    const endChild = (signal) => child.kill(signal);
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, endChild);
    child.stdout.on('data', (bytes) => output.push(bytes));
    child.stderr.on('data', (bytes) => output.push(bytes));
    const [code, signal] = await once(child, 'close');
    for (const name of ['SIGINT', 'SIGTERM']) process.off(name, endChild);
    if (signal) throw new Problem(`${title}: stopped by ${signal}.`);
    if (code !== 0)
      throw new Problem(`${Buffer.concat(output)}\n${title} failed: "${command.join(' ')}" ended with ${code}.`);
  } finally {
    clearInterval(heartbeat);
  }
};

/** Runs a program to its end; what is written for people is printed as it is, a mistake of ours with its stack. Never throws. */
export const runProgram = async (program) => {
  // Whoever read our output may have gone; that is no reason to leave everything else running.
  process.stdout.on('error', () => undefined);
  try {
    await program();
  } catch (error) {
    console.error(isForPeople(error) ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
};

// What the libraries throw on purpose is a plain Error or a named one of ours; the language's own kinds tell of a mistake.
const isForPeople = (error) =>
  error instanceof Error && !/^(Type|Range|Reference|Syntax|Eval|URI|Aggregate)Error$/.test(error.name);
