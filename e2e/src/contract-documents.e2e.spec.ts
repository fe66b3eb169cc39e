import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const DOCS = join(REPOSITORY, 'docs');

/** A program of the repository, as somebody would run it. */
const run = (program: string, ...args: string[]) => {
  const env = { ...process.env, HELIOGRAPH_PREPARED: 'true', NODE_OPTIONS: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, program), ...args], { env });
  return { status, output: `${stdout}${stderr}` };
};
const check = (folder: string) => run('tools/dev/contracts.mjs', '--check', '--into', folder);
const validate = (...file: string[]) => run('e2e/asyncapi-parser/validate.mjs', ...file);

describe('the documents of the events', () => {
  let copy: string;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'heliograph-contracts-'));
    cpSync(join(DOCS, 'asyncapi.yaml'), join(copy, 'asyncapi.yaml'));
    cpSync(join(DOCS, 'schemas'), join(copy, 'schemas'), { recursive: true });
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('are what libs/contracts says', () => {
    const { status, output } = check(DOCS);
    expect({ status, output }).toEqual({ status: 0, output: expect.stringContaining('what libs/contracts says') });
  }, 60_000);

  it('are found to have drifted, each, or to be left over', () => {
    const schema = join(copy, 'schemas', 'message.sent.v1.json');
    writeFileSync(schema, readFileSync(schema, 'utf8').replace('"sequence"', '"ordinal"'));
    writeFileSync(join(copy, 'schemas', 'message.lost.v1.json'), '{}');
    rmSync(join(copy, 'asyncapi.yaml'));
    const { status, output } = check(copy);
    expect(status).toBe(1);
    for (const name of ['schemas/message.sent.v1.json', 'schemas/message.lost.v1.json', 'asyncapi.yaml'])
      expect(output).toContain(name);
    expect(output).toContain('npm run contracts:generate');
    expect(run('tools/dev/contracts.mjs', '--into', copy).status).toBe(0);
    expect(readdirSync(join(copy, 'schemas'))).toEqual(readdirSync(join(DOCS, 'schemas')));
    expect(check(copy).status).toBe(0);
  }, 120_000);

  it('are valid to the official parser, which finds what is not', () => {
    const valid = validate();
    expect(valid).toEqual({ status: 0, output: expect.stringMatching(/\b0 problems/) });
    const broken = join(copy, 'broken.yaml');
    const text = readFileSync(join(DOCS, 'asyncapi.yaml'), 'utf8');
    for (const [good, bad] of [
      ["action: 'send'", "action: 'shout'"],
      ["type: 'object'", "type: 'objekt'"],
      ["'#/components/messages/message.sent.v1'", "'#/components/messages/message.lost.v1'"],
    ] as const) {
      expect([good, text.includes(good)]).toEqual([good, true]);
      writeFileSync(broken, text.replace(good, bad));
      expect([bad, validate(broken).status]).toEqual([bad, 1]);
    }
  }, 240_000);
});
