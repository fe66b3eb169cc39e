import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** An auth token as it is stored: AES-256-GCM, a fresh nonce for each, bound to its account. `keyId` tells which master key opens it. */
export interface SealedToken {
  readonly keyId: string;
  readonly nonce: Uint8Array;
  readonly ciphertext: Uint8Array;
  readonly tag: Uint8Array;
}

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals auth tokens before they are stored and opens them again (NIST SP 800-38D). */
export class AuthTokenCipher {
  private readonly keyId: string;

  /** @param masterKey 32 bytes */
  constructor(private readonly masterKey: Uint8Array) {
    this.keyId = createHash('sha256').update(masterKey).digest('hex').slice(0, 16);
  }

  seal(token: string, accountSid: string): SealedToken {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.masterKey, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(accountSid));
    const ciphertext = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
    return { keyId: this.keyId, nonce, ciphertext, tag: cipher.getAuthTag() };
  }

  /** @throws when it was sealed with another key or for another account, or was changed since */
  open(sealed: SealedToken, accountSid: string): string {
    if (sealed.keyId !== this.keyId) {
      throw new Error(`An auth token was sealed with master key ${sealed.keyId}; this service has ${this.keyId}`);
    }
    const decipher = createDecipheriv(ALGORITHM, this.masterKey, sealed.nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(accountSid));
    decipher.setAuthTag(sealed.tag);
    return Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]).toString('utf8');
  }
}
