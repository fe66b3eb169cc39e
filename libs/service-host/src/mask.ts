import { isNativeError } from 'node:util/types';

/**
 * What a log line may not show: message bodies, phone numbers and secrets. Everything that goes to the log passes here, so a
 * careless `log.info({ message })` stays harmless. What cannot be known is a body that code glues into a sentence of its own:
 * put such text under a key (`body`), never into the message.
 */
const MASKED = '[masked]';

const SENSITIVE_KEYS = new Set(
  (
    'body messagebody text messagetext twiml to from sender recipient phonenumber phone msisdn sourceaddr destinationaddr ' +
    'destaddr shortmessage messagepayload authtoken token accesstoken refreshtoken password pass passwd secret clientsecret ' +
    'secretkey authorization proxyauthorization cookie setcookie masterkey signingkey apikey privatekey encryptionkey ' +
    'credentials credential xtwiliosignature parameters'
  ).split(' '),
);

/** PostgreSQL puts row values and statement parameters into these fields of an error. */
const SENSITIVE_ERROR_KEYS = new Set(['detail', 'where', 'query', 'internalquery']);

const MAX_DEPTH = 8;
const MAX_ENTRIES = 100;
const MAX_TEXT_LENGTH = 16_384;

const isSensitiveKey = (key: string): boolean => SENSITIVE_KEYS.has(key.toLowerCase().replace(/[-_.\s]/g, ''));

/** `://user:password@`, also where an unencoded password holds `/`, which is what a refused URL looks like. */
const URL_CREDENTIALS = /:\/\/(?:[^\s/?#"'<>:]*:(?!\d{1,5}[/?#])[^\s"'<>]*|[^\s/?#"'<>]*)@/g;
const LABELLED =
  /(["']?)\b((?:(?:message)?_?body|text|to|from|(?:auth|access|refresh|api)?[-_]?token|password|secret|authorization|(?:master|signing|api|private)[-_]?key)\1\s*(?:=|:(?!\/\/))\s*)(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?:(?:basic|bearer)\s+)?[^\s&,;)}\]]+)/gi;
const HTTP_CREDENTIALS = /\b(basic|bearer)\s+[A-Za-z0-9+/_~.-]{8,}=*/gi;
/** V8 quotes the text that it could not parse. */
const UNPARSED_JSON = /(?:\.\.\.)?"[^]*"(?:\.\.\.)? is not valid JSON/;
/** E.164 with `+` (also percent-encoded), digits grouped by single separators. */
const E164 = /(\+|%2B)([1-9](?:[ .()-]{0,2}\d){6,14})(?!\d)/gi;
/** The same number as carriers write it, without `+`. Longer and shorter runs of digits, and those inside an id, stay. */
const BARE_NUMBER = /(?<![\w.+*-])[1-9]\d{9,14}(?![\w-]|\.\d)/g;

/** `text` as it may be logged: `+14158141829` becomes `+1415***1829`, `://user:password@` becomes `://***@`, labelled secrets vanish. */
export function maskText(text: string): string {
  const bounded = text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
  return bounded
    .replace(URL_CREDENTIALS, '://***@')
    .replace(UNPARSED_JSON, `${MASKED} is not valid JSON`)
    .replace(LABELLED, `$1$2${MASKED}`)
    .replace(HTTP_CREDENTIALS, `$1 ${MASKED}`)
    .replace(E164, (_match, plus: string, number: string) => plus + maskDigits(number.replace(/\D/g, '')))
    .replace(BARE_NUMBER, maskDigits);
}

/** Keeps what tells countries and test numbers apart; a short number keeps less, or nothing would be hidden. */
function maskDigits(digits: string): string {
  const kept = digits.length >= 11 ? 4 : 2;
  return `${digits.slice(0, kept)}***${digits.slice(-kept)}`;
}

/** A copy of `fields` as it may be logged: sensitive keys replaced at any depth, texts masked, errors written out, sizes bounded. */
export function maskFields(fields: object): Record<string, unknown> {
  return isError(fields) ? { err: maskError(fields, 0) } : maskEntries(fields, 0, isSensitiveKey);
}

/** Also for errors of another realm, such as a worker's or a test runner's. */
export const isError = (value: unknown): value is Error => value instanceof Error || isNativeError(value);

function maskValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  if (isError(value)) return maskError(value, depth);
  if (value instanceof URL) return maskText(value.href);
  if (Array.isArray(value)) return maskList(value, depth);
  if (value instanceof Map) return maskEntries(Object.fromEntries(value), depth, isSensitiveKey);
  if (value instanceof Set) return maskList([...value], depth);
  return maskEntries(value, depth, isSensitiveKey);
}

const maskList = (values: unknown[], depth: number): unknown[] =>
  values.slice(0, MAX_ENTRIES).map((entry) => maskValue(entry, depth + 1));

function maskEntries(fields: object, depth: number, isSensitive: (key: string) => boolean): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields).slice(0, MAX_ENTRIES)) {
    masked[maskText(key)] =
      isSensitive(key) && value !== null && value !== undefined ? MASKED : maskValue(value, depth + 1);
  }
  return masked;
}

function maskError(error: Error, depth: number): Record<string, unknown> {
  const isSensitive = (key: string) => isSensitiveKey(key) || SENSITIVE_ERROR_KEYS.has(key.toLowerCase());
  const own = Object.fromEntries(Object.entries(error).filter(([key]) => key !== 'stack' && key !== 'message'));
  return {
    type: error.name,
    message: maskText(error.message),
    stack: maskText(error.stack ?? ''),
    ...maskEntries(own, depth, isSensitive),
    ...(error.cause === undefined ? {} : { cause: maskValue(error.cause, depth + 1) }),
    ...(error instanceof AggregateError ? { errors: maskList(error.errors, depth) } : {}),
  };
}
