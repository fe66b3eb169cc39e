import type { Attempt } from './attempt.js';
import type { Dice } from './dice.js';

/** The request with headers that must change nothing. */
export function hostileHeaders(dice: Dice, attempt: Attempt): Attempt {
  const headers = dice.pick<Record<string, string>>([
    { accept: 'application/xml' },
    { accept: 'nonsense;;q=9' },
    { 'x-http-method-override': 'DELETE' },
    { 'x-forwarded-for': '127.0.0.1, 10.0.0.1' },
    { 'x-forwarded-host': 'evil.invalid' },
    { 'x-twilio-signature': 'AAAA' },
    { 'x-request-id': 'a'.repeat(5_000) },
    { 'twilio-request-id': 'RQ0' },
    { 'request-id': `RQ${dice.hex(32)}` },
    { cookie: 'a=b; '.repeat(1_000) },
    { host: 'evil.invalid' },
    { host: '127.0.0.1:1' },
    { 'if-none-match': '*' },
    { range: 'bytes=0-1' },
    { 'accept-encoding': 'gzip;q=1, *;q=0' },
    { 'user-agent': '() { :; }; /bin/true' },
    { connection: 'close' },
    { expect: '100-continue' },
    { origin: 'null' },
    { 'transfer-encoding': 'chunked' },
  ]);
  return { ...attempt, headers: { ...attempt.headers, ...headers } };
}
