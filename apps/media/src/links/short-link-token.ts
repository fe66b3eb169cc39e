const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LENGTH = 7;

/** A byte from here on would make the first letters of the alphabet likelier than the others. */
const UNEVEN_FROM = 256 - (256 % ALPHABET.length);

/** What stands at the service's root already. */
const TAKEN_PATHS = new Set(['healthz', 'content', 'adapted']);

const FORM = new RegExp(`^[A-Za-z0-9]{${LENGTH}}$`);

/** Whether this may be the path of a short link: 7 letters and digits. */
export const isShortLinkToken = (text: string): boolean => FORM.test(text);

/** A new path for a short link: 7 letters and digits, each of the 62 equally likely at each place. @param randomBytes unguessable ones */
export function makeShortLinkToken(randomBytes: (count: number) => Uint8Array): string {
  let token = '';
  while (token.length < LENGTH) {
    for (const byte of randomBytes(LENGTH - token.length)) {
      if (byte < UNEVEN_FROM) token += ALPHABET.charAt(byte % ALPHABET.length);
    }
  }
  return TAKEN_PATHS.has(token) ? makeShortLinkToken(randomBytes) : token;
}
