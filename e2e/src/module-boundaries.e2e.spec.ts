import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const REPOSITORY = join(import.meta.dirname ?? '.', '../..');
const BOUNDARIES = '@nx/enforce-module-boundaries';
const RESTRICTED = '@typescript-eslint/no-restricted-imports';

/** The rules that lint breaks over this line, were it in this file. */
function rulesBrokenBy(file: string, line: string): string[] {
  const eslint = join(REPOSITORY, 'node_modules/eslint/bin/eslint.js');
  const args = [eslint, '--stdin', '--stdin-filename', file, '--format', 'json'];
  const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NODE_OPTIONS: '' };
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: REPOSITORY,
    input: `${line}\n`,
    encoding: 'utf8',
    env,
  });
  if (!stdout) throw new Error(stderr);
  const [report] = JSON.parse(stdout) as { messages: { ruleId: string; severity: number }[] }[];
  return report!.messages.filter((message) => message.severity === 2).map((message) => message.ruleId);
}

/** Forbidden imports are refused by the lint that `npm test` runs; allowed ones are not. */
describe('module boundaries', () => {
  it.each([
    [
      'an app that imports another app',
      'apps/api/src/main.ts',
      `export * from '../../dispatcher/src/config.js';`,
      BOUNDARIES,
    ],
    ['an app that reaches for the PostgreSQL driver', 'apps/api/src/main.ts', `export { Pool } from 'pg';`, BOUNDARIES],
    [
      'an app that reaches for NATS',
      'apps/dispatcher/src/main.ts',
      `export { connect } from '@nats-io/transport-node';`,
      BOUNDARIES,
    ],
    [
      'an app that makes requests by itself',
      'apps/callbacks/src/main.ts',
      `export { request } from 'undici';`,
      BOUNDARIES,
    ],
    [
      'an app that makes requests with Node',
      'apps/callbacks/src/main.ts',
      `export { request } from 'node:http';`,
      RESTRICTED,
    ],
    ['an app that resolves names', 'apps/media/src/main.ts', `export { lookup } from 'node:dns/promises';`, RESTRICTED],
    ['an app that fetches', 'apps/media/src/main.ts', `await fetch('http://10.0.0.1/');`, 'no-restricted-globals'],
    [
      'an adapter that knows another adapter',
      'libs/postgres/src/database.ts',
      `export { done } from '@heliograph/jetstream';`,
      BOUNDARIES,
    ],
    [
      'a contract that knows NestJS',
      'libs/contracts/src/streams.ts',
      `export { Module } from '@nestjs/common';`,
      BOUNDARIES,
    ],
    ['a domain with a dependency', 'libs/domain/src/sid.ts', `export { z } from 'zod';`, BOUNDARIES],
    [
      'a domain that knows a contract',
      'libs/domain/src/sid.ts',
      `export { submitTask } from '@heliograph/contracts';`,
      BOUNDARIES,
    ],
    ['a domain that knows Node', 'libs/domain/src/sid.ts', `export { randomBytes } from 'node:crypto';`, RESTRICTED],
    [
      'TypeORM in a use case',
      'apps/api/src/messages/create-message.ts',
      `export { DataSource } from 'typeorm';`,
      RESTRICTED,
    ],
    [
      'test code in production code',
      'apps/api/src/main.ts',
      `export { eventually } from '@heliograph/testing';`,
      RESTRICTED,
    ],
  ])('refuse %s', (_, file, line, rule) => {
    expect(rulesBrokenBy(file, line)).toContain(rule);
  });

  it('allow what the layers are for', () => {
    expect(rulesBrokenBy('apps/api/src/main.ts', `export { Database } from '@heliograph/postgres';`)).toEqual([]);
    expect(rulesBrokenBy('apps/api/src/main.ts', `export { STATUS_CODES } from 'node:http';`)).toEqual([]);
    expect(rulesBrokenBy('libs/contracts/src/streams.ts', `export { isSid } from '@heliograph/domain';`)).toEqual([]);
  });
});
