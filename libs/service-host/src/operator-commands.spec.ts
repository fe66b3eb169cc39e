import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { ConfigError } from './config.js';
import { CommandFailure, type OperatorCommand, runOperatorCommands, UsageError } from './operator-commands.js';

/** Commands that note what they are run with; `rates import` refuses, `rates show` fails, `numbers list` lacks a setting, `channels list` cannot be done now. */
function anOperator() {
  const ran: { usage: string; args: readonly string[] }[] = [];
  const command = (usage: string, summary: string, answer: () => Promise<string>): OperatorCommand => ({
    usage,
    summary,
    run: (args) => {
      ran.push({ usage, args });
      return answer();
    },
  });
  const commands = [
    command('rates list', 'The versions.', async () => 'version 3'),
    command('rates import FILE', 'Makes a file the newest version.', async () => {
      throw new UsageError('Line 3: the price "x" is no decimal.');
    }),
    command('rates show [VERSION]', 'The rates of a version.', async () => {
      throw new TypeError('connection lost');
    }),
    command('numbers assign NUMBER to ACCOUNT', 'Gives a number to an account.', async () => 'assigned'),
    command('numbers list', 'Every number.', async () => {
      throw new ConfigError([{ variable: 'DATABASE_URL', problem: 'is missing', expected: 'a URL' }]);
    }),
    command('channels list', 'Every channel.', async () => {
      throw new CommandFailure('Nobody answers. Start somebody.');
    }),
  ];
  const written = { stdout: '', stderr: '' };
  const streams = {
    stdout: { on: () => undefined, write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  } as unknown as Pick<NodeJS.Process, 'stdout' | 'stderr'>;
  return { ran, written, run: (...args: string[]) => runOperatorCommands(commands, args, streams) };
}

const LIST = `  rates list                        The versions.
  rates import FILE                 Makes a file the newest version.
  rates show [VERSION]              The rates of a version.
  numbers assign NUMBER to ACCOUNT  Gives a number to an account.
  numbers list                      Every number.
  channels list                     Every channel.
`;

describe('runOperatorCommands', () => {
  it.each([[[]], [['--help']]])('lists the commands for %j', async (args) => {
    const { run, ran, written } = anOperator();
    expect(await run(...args)).toBe(0);
    expect(written).toEqual({ stdout: LIST, stderr: '' });
    expect(ran).toEqual([]);
  });

  it('runs the command that the words name, with what follows them, and prints what it gives', async () => {
    const { run, ran, written } = anOperator();
    expect(await run('numbers', 'assign', '+15017250604', 'to', 'AC1')).toBe(0);
    expect(ran).toEqual([{ usage: 'numbers assign NUMBER to ACCOUNT', args: ['+15017250604', 'to', 'AC1'] }]);
    expect(written).toEqual({ stdout: 'assigned\n', stderr: '' });
  });

  it.each([[['rates']], [['rates', 'lst']], [['list', 'rates']], [['help']]])(
    'tells of %j that it is no command, and what there is',
    async (args) => {
      const { run, ran, written } = anOperator();
      expect(await run(...args)).toBe(2);
      expect(written.stderr).toBe(`There is no command "${args.join(' ')}". There are:\n${LIST}`);
      expect(written.stdout).toBe('');
      expect(ran).toEqual([]);
    },
  );

  it('says what is wrong and how the command is used where it refuses what it was given', async () => {
    const { run, ran, written } = anOperator();
    expect(await run('rates', 'import', 'deck.csv')).toBe(2);
    expect(ran).toEqual([{ usage: 'rates import FILE', args: ['deck.csv'] }]);
    expect(written.stderr).toBe('Line 3: the price "x" is no decimal.\nUsage: rates import FILE\n');
    expect(written.stdout).toBe('');
  });

  it('does not mind a reader who leaves, but a disk that is full', () => {
    const failing = (code: string) => {
      const stdout = new EventEmitter();
      const streams = { stdout: Object.assign(stdout, { write: () => true }), stderr: process.stderr };
      void runOperatorCommands([], [], streams as unknown as Pick<NodeJS.Process, 'stdout' | 'stderr'>);
      return () => stdout.emit('error', Object.assign(new Error(code), { code }));
    };
    expect(failing('EPIPE')).not.toThrow();
    expect(failing('ENOSPC')).toThrow('ENOSPC');
  });

  it('says which settings are wrong', async () => {
    const { run, written } = anOperator();
    expect(await run('numbers', 'list')).toBe(1);
    expect(written.stderr).toMatch(/DATABASE_URL is missing\. Set it to a URL\.\n$/);
  });

  it('says why something cannot be done now', async () => {
    const { run, written } = anOperator();
    expect(await run('channels', 'list')).toBe(1);
    expect(written).toEqual({ stdout: '', stderr: 'Nobody answers. Start somebody.\n' });
  });

  it('leaves what is no refusal to its caller', async () => {
    const { run, written } = anOperator();
    await expect(run('rates', 'show')).rejects.toThrow('connection lost');
    expect(written).toEqual({ stdout: '', stderr: '' });
  });
});
