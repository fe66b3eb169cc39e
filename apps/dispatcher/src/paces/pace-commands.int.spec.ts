import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { migrations } from '../migrations/migrations.js';
import { paceCommands } from './pace-commands.js';

/** Real: PostgreSQL, the commands. What lanes make of a pace: lane-rules.int.spec.ts. */
describe('pace', () => {
  let postgres: TestDatabase;

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'dispatcher', migrations });
  });
  afterAll(async () => {
    await postgres.stop();
  });

  const pace = async (verb: 'list' | 'set', ...args: string[]): Promise<string> => {
    const commands = paceCommands((work) => work(postgres.database));
    return await commands.find(({ usage }) => usage.startsWith(`pace ${verb}`))!.run(args);
  };
  const listed = async () => (await pace('list')).split('\n').map((line) => line.trim().split(/ {2,}/));

  it('is the one of the page at first', async () => {
    expect(await listed()).toEqual([
      ['SENDER', 'PER SECOND', 'COUNTED BY'],
      ['alphanumeric', 'unlimited', 'messages'],
      ['long-code', '1', 'one every 1 s', 'messages'],
      ['short-code', 'unlimited', 'messages'],
    ]);
  });

  it('is set for one kind of sender, by message or by segment', async () => {
    expect(await pace('set', 'long-code', '0.1', '--per-segment')).toBe(
      "Each long-code sender sends 0.1 segments per second. It counts from each sender's next message.",
    );
    expect((await listed())[2]).toEqual(['long-code', '0.1', 'one every 10 s', 'segments']);
    expect(await pace('set', 'long-code', '1')).toContain('sends 1 message per second.');
    expect((await listed())[2]).toEqual(['long-code', '1', 'one every 1 s', 'messages']);
    expect(await pace('set', 'long-code', 'unlimited')).toContain('as fast as its carrier takes it');
  });

  it.each([[[]], [['long-code']], [['pager', '1']], [['long-code', '0']], [['long-code', '1', '2']]])(
    'is refused as %j, and nothing has changed',
    async (args) => {
      const before = await listed();
      await expect(pace('set', ...args)).rejects.toThrow(/^(Name one|0 is no rate)/);
      expect(await listed()).toEqual(before);
    },
  );
});
