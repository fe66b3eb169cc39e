import { describe, expect, it } from '@jest/globals';
import { parseFriendlyName } from './resource-parameters.js';

describe('parseFriendlyName', () => {
  it.each([
    [{}, 'the name it has'],
    [{ FriendlyName: '' }, ''],
    [{ FriendlyName: '😀'.repeat(64) }, '😀'.repeat(64)],
  ])('takes %j', (fields, value) => {
    expect(parseFriendlyName(fields, 'the name it has')).toEqual({ kind: 'valid', value });
  });

  it('refuses more than 64 characters', () => {
    expect(parseFriendlyName({ FriendlyName: 'x'.repeat(65) }, '')).toMatchObject({ error: { code: 20002 } });
  });
});
