import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeSid } from '@heliograph/domain';
import { RememberedSigningKeys } from './remembered-signing-keys.js';
import { type KeyLookup, SigningKeys } from './signing-keys.js';

const ACCOUNT = makeSid('AC', new Uint8Array(16).fill(1));

/** Answers as it is told, and counts how often it was asked. */
class ToldSigningKeys extends SigningKeys {
  answer: KeyLookup = { kind: 'found', authToken: 'first' };
  askedCount = 0;

  async find(): Promise<KeyLookup> {
    this.askedCount++;
    return this.answer;
  }
}

describe('remembered signing keys', () => {
  let nowMs: number;
  let source: ToldSigningKeys;
  let keys: RememberedSigningKeys;

  beforeEach(() => {
    nowMs = 5_000;
    source = new ToldSigningKeys();
    keys = new RememberedSigningKeys(source, () => nowMs);
  });

  it('asks once for a second, however many want to know', async () => {
    await Promise.all([keys.find(ACCOUNT), keys.find(ACCOUNT), keys.find(ACCOUNT)]);
    nowMs += 999;
    expect(await keys.find(ACCOUNT)).toEqual({ kind: 'found', authToken: 'first' });
    expect(source.askedCount).toBe(1);
  });

  it('knows of a new token after a second', async () => {
    await keys.find(ACCOUNT);
    source.answer = { kind: 'found', authToken: 'second' };
    nowMs += 1_000;
    expect(await keys.find(ACCOUNT)).toEqual({ kind: 'found', authToken: 'second' });
  });

  it('uses what it knows while nobody answers, for ten minutes', async () => {
    await keys.find(ACCOUNT);
    source.answer = { kind: 'unavailable', reason: 'no answer' };
    nowMs += 599_000;
    expect(await keys.find(ACCOUNT)).toEqual({ kind: 'found', authToken: 'first' });
    nowMs += 1_000;
    expect(await keys.find(ACCOUNT)).toEqual({ kind: 'unavailable', reason: 'no answer' });
  });

  it('does not ask again for a second after nobody answered', async () => {
    source.answer = { kind: 'unavailable', reason: 'no answer' };
    await keys.find(ACCOUNT);
    await keys.find(ACCOUNT);
    expect(source.askedCount).toBe(1);
    source.answer = { kind: 'found', authToken: 'first' };
    nowMs += 1_000;
    expect(await keys.find(ACCOUNT)).toEqual({ kind: 'found', authToken: 'first' });
  });

  it('keeps accounts apart', async () => {
    await keys.find(ACCOUNT);
    source.answer = { kind: 'unknown' };
    expect(await keys.find(makeSid('AC', new Uint8Array(16).fill(2)))).toEqual({ kind: 'unknown' });
    expect(await keys.find(ACCOUNT)).toEqual({ kind: 'found', authToken: 'first' });
  });
});
