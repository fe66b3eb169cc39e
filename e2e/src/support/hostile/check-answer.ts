import type { Attempt } from './attempt.js';
import { expectedResource, type Verdict } from './page-rules.js';
import type { Answer, Reply } from './send-attempt.js';

/** What one request was answered, once it is known to be right. */
export type Finding =
  | { readonly kind: 'accepted'; readonly sid: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wrong'; readonly problem: string };

/** The same for a number that nobody owns and for one that another account owns. */
const NOT_YOURS =
  /^The From phone number [^]{1,200} is not a valid, SMS-capable inbound phone number or short code for your account\.$/;

const wrong = (problem: string): Finding => ({ kind: 'wrong', problem });

/** Holds the reply against what the rules say. */
export function checkAnswer(attempt: Attempt, verdict: Verdict, reply: Reply): Finding {
  if (reply.kind === 'unanswered') return attempt.raw ? { kind: 'refused' } : wrong(`no answer: ${reply.reason}`);
  const { answer } = reply;
  const body = parseJson(answer);
  if (answer.status >= 500 || body === null) return wrong(`answered ${shown(answer)}`);
  if (attempt.raw)
    return answer.status >= 400 && isEnvelope(answer, body) ? { kind: 'refused' } : wrong(`answered ${shown(answer)}`);
  return answer.status === 201 ? checkAccepted(attempt, verdict, answer, body) : checkRefused(verdict, answer, body);
}

function checkAccepted(attempt: Attempt, verdict: Verdict, answer: Answer, body: Record<string, unknown>): Finding {
  if (!verdict.mayBeAccepted) return wrong(`accepted, but it must be refused with ${listed(verdict)}`);
  const expected = attempt.form.kind === 'fields' ? expectedResource(attempt.form.fields) : {};
  const hasMedia = 'num_media' in expected && expected.num_media !== '0';
  const differing = Object.entries({
    ...expected,
    status: 'queued',
    direction: 'outbound-api',
    error_code: null,
  }).filter(([name, value]) => body[name] !== value);
  if (differing.length > 0)
    return wrong(`accepted as ${shown(answer)}, where it should show ${JSON.stringify(differing)}`);
  const sid = String(body.sid);
  if (!/^(?:SM|MM)[0-9a-f]{32}$/.test(sid) || sid.startsWith('MM') !== hasMedia) return wrong(`accepted as "${sid}"`);
  return { kind: 'accepted', sid };
}

function checkRefused(verdict: Verdict, answer: Answer, body: Record<string, unknown>): Finding {
  if (!isEnvelope(answer, body)) return wrong(`answered ${shown(answer)}, which is no envelope`);
  if (answer.status === 401 && answer.headers['www-authenticate'] !== 'Basic realm="Twilio API"')
    return wrong('401 without a challenge');
  if (body.code === 21_606 && !NOT_YOURS.test(String(body.message)))
    return wrong(`answered ${shown(answer)}, which tells too much`);
  const refusal = `${answer.status}/${String(body.code)}` as const;
  if (verdict.refusals === null || (verdict.refusals as string[]).includes(refusal)) return { kind: 'refused' };
  return wrong(
    `refused with ${shown(answer)}, but ${verdict.refusals.length === 0 ? 'nothing is wrong with it' : `right is ${listed(verdict)}`}`,
  );
}

const isEnvelope = (
  { status, headers }: Answer,
  { code, message, more_info, status: told }: Record<string, unknown>,
): boolean =>
  told === status &&
  typeof code === 'number' &&
  typeof message === 'string' &&
  more_info === `https://www.twilio.com/docs/errors/${code}` &&
  /^application\/json\b/.test(String(headers['content-type']));

function parseJson({ body }: Answer): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const listed = ({ refusals }: Verdict): string => refusals?.join(', ') ?? 'anything';
const shown = ({ status, body }: Answer): string => `${status} ${body.toString('utf8').slice(0, 600)}`;
