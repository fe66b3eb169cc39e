/** What a keyword is for. */
export type KeywordClass = 'stop' | 'start' | 'help';

/** Twilio: STOP and its kin, its later REVOKE and OPTOUT included; START, YES, UNSTOP; HELP, INFO. */
const KEYWORDS: ReadonlyMap<string, KeywordClass> = new Map([
  ...['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout'].map(asEntry('stop')),
  ...['start', 'yes', 'unstop'].map(asEntry('start')),
  ...['help', 'info'].map(asEntry('help')),
]);

function asEntry(keywordClass: KeywordClass): (word: string) => [string, KeywordClass] {
  return (word) => [word, keywordClass];
}

/** A body that is nothing but one word of Latin letters, and white space around it. */
const ONE_WORD = /^\s*([a-z]+)\s*$/i;

/** The keyword that a message is; null where it is none, as "STOP PLEASE" is. Case and white space around it do not count. */
export function classifyKeyword(body: string): KeywordClass | null {
  const word = ONE_WORD.exec(body)?.[1]?.toLowerCase();
  return word === undefined ? null : (KEYWORDS.get(word) ?? null);
}

/** What a handset has told one of our numbers by keywords. Times are milliseconds since the Unix epoch. */
export interface OptOut {
  readonly isOptedOut: boolean;
  /** When the handset sent the last STOP or START; null while it sent none. */
  readonly decidedAtMs: number | null;
  /** When each class was last answered; null for never. */
  readonly answeredAtMs: Readonly<Record<KeywordClass, number | null>>;
}

/** A handset that never sent a keyword. */
export const NO_OPT_OUT: OptOut = {
  isOptedOut: false,
  decidedAtMs: null,
  answeredAtMs: { stop: null, start: null, help: null },
};

/** How often one pair gets the answer of one class at most: what keeps two machines that answer each other slow. */
export const KEYWORD_ANSWER_REST_MS = 10_000;

/** What follows from a keyword. `answer`: the class whose text is sent back; null for none. */
export interface KeywordEffect {
  readonly optOut: OptOut;
  readonly answer: KeywordClass | null;
}

/**
 * What a keyword changes, and whether it is answered. The keyword that the handset sent last decides, in whatever order they are met. STOP of
 * one that is opted out, and START (YES is also an answer to a question) of one that is not, change nothing and get no answer.
 * @param sentAtMs by the carrier's clock; a time that is still to come counts as now, so that no later keyword is taken for an earlier one
 */
export function applyKeyword(
  optOut: OptOut,
  keyword: KeywordClass,
  { sentAtMs, nowMs }: { readonly sentAtMs: number; readonly nowMs: number },
): KeywordEffect {
  if (keyword === 'help') return answered(optOut, keyword, nowMs);
  const decidedAtMs = Math.min(sentAtMs, nowMs);
  if (optOut.decidedAtMs !== null && decidedAtMs < optOut.decidedAtMs) return { optOut, answer: null };
  const isOptedOut = keyword === 'stop';
  const decided = { ...optOut, isOptedOut, decidedAtMs };
  return isOptedOut === optOut.isOptedOut ? { optOut: decided, answer: null } : answered(decided, keyword, nowMs);
}

function answered(optOut: OptOut, keyword: KeywordClass, nowMs: number): KeywordEffect {
  const lastMs = optOut.answeredAtMs[keyword];
  if (lastMs !== null && nowMs - lastMs < KEYWORD_ANSWER_REST_MS) return { optOut, answer: null };
  return { optOut: { ...optOut, answeredAtMs: { ...optOut.answeredAtMs, [keyword]: nowMs } }, answer: keyword };
}
