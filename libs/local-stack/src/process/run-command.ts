import { spawn } from 'node:child_process';
import type { UnixAccount } from './local-process.js';

export interface CommandResult {
  /** The exit code; undefined when it could not be started or was ended by a signal. */
  readonly exitCode?: number;
  readonly stdout: string;
  /** What it wrote to stderr, or why it could not be started. */
  readonly stderr: string;
}

/** Runs a command to its end. A failure is a result, never an exception. */
export const runCommand = (
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; account?: UnixAccount } = {},
): Promise<CommandResult> =>
  new Promise((resolve) => {
    const { account, ...rest } = options;
    const output = { stdout: '', stderr: '' };
    let child;
    try {
      child = spawn(command, args, { ...rest, ...account, stdio: ['ignore', 'pipe', 'pipe'] });
    } catch (error) {
      resolve({ stdout: '', stderr: String(error) });
      return;
    }
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
    child.once('error', (error) => resolve({ ...output, stderr: error.message }));
    child.once('close', (code) => resolve({ ...output, exitCode: code ?? undefined }));
  });
