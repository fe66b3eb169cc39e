/** What a retry within one attempt may follow: an answer of that class, no connection (`ct`), or no answer in time (`rt`). */
export type RetryReason = '4xx' | '5xx' | 'ct' | 'rt';

/** How a customer's URL wants to be requested. */
export interface ConnectionOverrides {
  readonly connectTimeoutMs: number;
  /** Until the first byte of the answer, and between two pieces of it. */
  readonly readTimeoutMs: number;
  /** For the request and its retries together. */
  readonly totalTimeoutMs: number;
  readonly retryCount: number;
  readonly retryOn: ReadonlySet<RetryReason>;
  /** Twilio's code where the retry policy cannot be understood, so that the default holds; else null. */
  readonly problemCode: typeof INVALID_RETRY_POLICY | null;
}

/** "HTTP retry policy is invalid". */
const INVALID_RETRY_POLICY = 11243;

const RETRY_REASONS: readonly RetryReason[] = ['4xx', '5xx', 'ct', 'rt'];
const DEFAULT_RETRY_ON: ReadonlySet<RetryReason> = new Set(['ct'] as const);

/**
 * The connection overrides in the fragment of a URL: `https://example.com/status#rc=2&rp=5xx,ct&ct=1000`. Ranges and defaults are Twilio's
 * (webhooks, connection overrides). Keys of others, and Twilio's `sni` and `e`, mean nothing; a value outside its range is as if it
 * were not there; of a key that is given twice, the first counts.
 */
export function parseConnectionOverrides(url: string): ConnectionOverrides {
  const mark = url.indexOf('#');
  const given = new URLSearchParams(mark === -1 ? '' : url.slice(mark + 1));
  const policy = parseRetryPolicy(given.get('rp'));
  return {
    connectTimeoutMs: numberWithin(given.get('ct'), 100, 10_000) ?? 5_000,
    readTimeoutMs: numberWithin(given.get('rt'), 100, 15_000) ?? 15_000,
    totalTimeoutMs: numberWithin(given.get('tt'), 100, 15_000) ?? 15_000,
    retryCount: numberWithin(given.get('rc'), 0, 5) ?? 1,
    retryOn: policy ?? DEFAULT_RETRY_ON,
    problemCode: policy === null ? INVALID_RETRY_POLICY : null,
  };
}

/** Null where it is no policy. */
function parseRetryPolicy(text: string | null): ReadonlySet<RetryReason> | null {
  if (text === null) return DEFAULT_RETRY_ON;
  const reasons = text.split(',').map((entry) => entry.trim());
  if (!reasons.every((reason) => reason === 'all' || isRetryReason(reason))) return null;
  return new Set(reasons.includes('all') ? RETRY_REASONS : reasons.filter(isRetryReason));
}

const isRetryReason = (text: string): text is RetryReason => (RETRY_REASONS as readonly string[]).includes(text);

function numberWithin(text: string | null, min: number, max: number): number | null {
  if (text === null || !/^\d{1,6}$/.test(text)) return null;
  const number = Number(text);
  return number >= min && number <= max ? number : null;
}
