import { expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secrets } from './secrets.js';

it('generates each secret once and keeps it where only its owner can read it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'heliograph-secrets-'));
  const path = join(folder, 'secrets.json');
  const first = Secrets.open(path);
  const password = first.password('database');
  const key = first.key('master');
  expect(first.password('other')).not.toBe(password);
  expect(Buffer.from(key, 'base64')).toHaveLength(32);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const again = Secrets.open(path);
  expect([again.password('database'), again.key('master')]).toEqual([password, key]);
  rmSync(folder, { recursive: true });
});
