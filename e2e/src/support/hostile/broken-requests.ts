import type { Attempt } from './attempt.js';
import type { Dice } from './dice.js';

/** In place of the request: bytes that no HTTP client would write. They must be refused, or not be answered at all. */
export function brokenRequest(dice: Dice, attempt: Attempt): Attempt {
  const { path, headers } = attempt;
  const head = (...lines: string[]) => [`POST ${path} HTTP/1.1`, 'Host: a', ...lines, '', ''].join('\r\n');
  const form = 'Content-Type: application/x-www-form-urlencoded';
  const signedIn = `Authorization: ${headers.authorization ?? ''}`;
  const raw = dice.pick([
    'nonsense\r\n\r\n',
    '\0\0\0\0\0\0\0\0\r\n\r\n',
    '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n',
    'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    `POST ${path} HTTP/9.9\r\nHost: a\r\n\r\n`,
    `POST ${path} HTTP/1.1\r\n${signedIn}\r\n${form}\r\nContent-Length: 0\r\n\r\n`,
    `POST ${path}\r\n\r\n`,
    `POST  HTTP/1.1\r\nHost: a\r\n\r\n`,
    `POST ${path} with spaces HTTP/1.1\r\nHost: a\r\n\r\n`,
    `POST /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n`,
    `PO\x01ST ${path} HTTP/1.1\r\nHost: a\r\n\r\n`,
    head(signedIn, form, 'Content-Length: 3', 'Transfer-Encoding: chunked') + '0\r\n\r\n',
    head(signedIn, form, 'Content-Length: 3', 'Content-Length: 30') + 'a=b',
    head(signedIn, form, 'Content-Length: -1'),
    head(signedIn, form, 'Content-Length: 99999999999999999999'),
    head(signedIn, form, 'Transfer-Encoding: chunked') + 'zz\r\na=b\r\n0\r\n\r\n',
    head(signedIn, form, 'Transfer-Encoding: gzip') + 'a=b',
    head(signedIn, form, 'Expect: miracles', 'Content-Length: 3') + 'a=b',
    head('Bad Header: x'),
    head('X: a\0b'),
    head(': x'),
    head(`X: ${'a'.repeat(40_000)}`),
    head(...Array.from({ length: 3_000 }, (_, index) => `X${index}: a`)),
  ]);
  return { ...attempt, raw: Buffer.from(raw, 'latin1') };
}
