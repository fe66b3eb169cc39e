import { describe, expect, it } from '@jest/globals';
import { AuthTokenCipher, type SealedToken } from './auth-token-cipher.js';

const ACCOUNT = 'AC5d1c0e9b7a6f48329b4e1d2c3f4a5b6c';
const TOKEN = '0123456789abcdef0123456789abcdef';
const cipher = new AuthTokenCipher(Buffer.alloc(32, 1));

const flipped = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(bytes).map((byte, index) => (index === 0 ? byte ^ 1 : byte));

describe('AuthTokenCipher', () => {
  it('opens what it sealed', () => {
    expect(cipher.open(cipher.seal(TOKEN, ACCOUNT), ACCOUNT)).toBe(TOKEN);
  });

  it('stores nothing readable, and the same token differently each time', () => {
    const [one, other] = [cipher.seal(TOKEN, ACCOUNT), cipher.seal(TOKEN, ACCOUNT)];
    expect(Buffer.from(one.ciphertext).includes(TOKEN.slice(0, 4))).toBe(false);
    expect(Buffer.from(one.nonce)).not.toEqual(Buffer.from(other.nonce));
    expect(Buffer.from(one.ciphertext)).not.toEqual(Buffer.from(other.ciphertext));
  });

  const tampered: [string, (sealed: SealedToken) => SealedToken][] = [
    ['nonce', (sealed) => ({ ...sealed, nonce: flipped(sealed.nonce) })],
    ['ciphertext', (sealed) => ({ ...sealed, ciphertext: flipped(sealed.ciphertext) })],
    ['tag', (sealed) => ({ ...sealed, tag: flipped(sealed.tag) })],
    ['tag (cut short)', (sealed) => ({ ...sealed, tag: sealed.tag.subarray(0, 4) })],
  ];
  it.each(tampered)('refuses a changed %s', (_, change) => {
    expect(() => cipher.open(change(cipher.seal(TOKEN, ACCOUNT)), ACCOUNT)).toThrow();
  });

  it("refuses another account's token", () => {
    expect(() => cipher.open(cipher.seal(TOKEN, ACCOUNT), ACCOUNT.replace('5', '6'))).toThrow();
  });

  it('names the keys when the token was sealed with another one, and shows none', () => {
    const other = new AuthTokenCipher(Buffer.alloc(32, 2));
    expect(() => other.open(cipher.seal(TOKEN, ACCOUNT), ACCOUNT)).toThrow(
      /^An auth token was sealed with master key [0-9a-f]{16}; this service has [0-9a-f]{16}$/,
    );
  });
});
