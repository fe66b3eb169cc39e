import { Logger } from '@nestjs/common';
import { ConfigError } from './config.js';

/** One thing that an operator can do from the command line. */
export interface OperatorCommand {
  /** The words that name it, and what follows them: `rates import FILE`. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** Gets what follows the words. Returns what is printed. @throws UsageError when that is not what `usage` says */
  run(args: readonly string[]): Promise<string>;
}

/** The command was not understood, or what it was given cannot be used: the message tells the operator what to change. */
export class UsageError extends Error {}

/** What was asked for cannot be done now, whatever the operator writes: the message tells why, and what to do. */
export class CommandFailure extends Error {}

/**
 * Runs the command that the arguments name and prints what it gives. Without arguments, or with `--help`, prints what there is. Returns
 * the exit code: 0; 1 when a setting is missing or wrong, or it cannot be done now; 2 when it was misused or what it was given was refused.
 * @throws what else the command throws
 */
export async function runOperatorCommands(
  commands: readonly OperatorCommand[],
  args: readonly string[],
  { stdout, stderr }: Pick<NodeJS.Process, 'stdout' | 'stderr'> = process,
): Promise<number> {
  stdout.on('error', passOverClosedPipe);
  // NestJS logs to stdout, which is for what the command prints: people read it, and programs.
  Logger.overrideLogger(false);
  if (args.length === 0 || args[0] === '--help') {
    stdout.write(listOf(commands));
    return 0;
  }
  const command = commands.find(({ usage }) => wordsOf(usage).every((word, index) => args[index] === word));
  if (command === undefined) {
    stderr.write(`There is no command "${args.join(' ')}". There are:\n${listOf(commands)}`);
    return 2;
  }
  try {
    stdout.write(`${await command.run(args.slice(wordsOf(command.usage).length))}\n`);
    return 0;
  } catch (error) {
    if (error instanceof ConfigError || error instanceof CommandFailure) {
      stderr.write(`${error.message}\n`);
      return 1;
    }
    if (!(error instanceof UsageError)) throw error;
    stderr.write(`${error.message}\nUsage: ${command.usage}\n`);
    return 2;
  }
}

/** Whoever reads what is printed, such as `head`, may have enough of it. */
function passOverClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** The words at the start of a usage that name the command: those in lower case, up to the first that is not. */
const wordsOf = (usage: string): string[] => /^[a-z][a-z-]*(?: [a-z][a-z-]*(?= |$))*/.exec(usage)?.[0].split(' ') ?? [];

function listOf(commands: readonly OperatorCommand[]): string {
  const width = Math.max(...commands.map(({ usage }) => usage.length));
  return commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}\n`).join('');
}
