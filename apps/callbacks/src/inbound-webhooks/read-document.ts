import { parseTwiml, type TwimlParse } from '@heliograph/twilio';
import { answerErrorCode } from '../attempts/fetch-failures.js';
import type { WebhookOutcome } from '../attempts/webhook-sender.js';

const TOO_LARGE = 11_750;
const INVALID_CONTENT_TYPE = 12_300;
const XML_TYPES = new Set(['text/xml', 'application/xml', 'text/html']);
const PLAIN_TEXT = 'text/plain';

/**
 * What a customer's answer asks for. Twilio: XML (also where it is called HTML) is TwiML; plain text is one reply; an empty answer is none.
 * @param documentUrl what relative addresses in it start from
 */
export function readDocument(outcome: WebhookOutcome, documentUrl: string): TwimlParse {
  if (outcome.kind !== 'answered') return unusable(outcome.errorCode, outcome.error);
  const { status, headers, body, isTruncated } = outcome;
  const errorCode = answerErrorCode(status);
  if (errorCode !== null) return unusable(errorCode, `the answer has the status ${status}`);
  if (isTruncated) return unusable(TOO_LARGE, `the answer is larger than ${body.length} bytes`);
  if (body.length === 0) return { kind: 'document', verbs: [], warnings: [] };
  const [type = '', ...attributes] = (headers['content-type'] ?? '')
    .split(';')
    .map((part) => part.trim().toLowerCase());
  if (type === '') return unusable(INVALID_CONTENT_TYPE, 'the answer has no Content-Type');
  if (type !== PLAIN_TEXT && !XML_TYPES.has(type))
    return unusable(INVALID_CONTENT_TYPE, `the answer has the Content-Type ${type.slice(0, 80)}`);
  const text = decode(body, attributes);
  if (text === null)
    return unusable(INVALID_CONTENT_TYPE, 'the answer is not in the character set that it names, or UTF-8');
  return type === PLAIN_TEXT ? plainReply(text) : parseTwiml(text, documentUrl);
}

const unusable = (errorCode: number, reason: string): TwimlParse => ({ kind: 'unusable', errorCode, reason });

/** Null where the bytes are no text of their character set. UTF-8 where none is named. */
function decode(body: Buffer, attributes: readonly string[]): string | null {
  const charset = attributes.find((attribute) => attribute.startsWith('charset='))?.slice('charset='.length);
  const label = charset?.replaceAll(/["']/g, '') || declaredEncoding(body) || 'utf-8';
  try {
    return new TextDecoder(label, { fatal: true }).decode(body);
  } catch {
    return null;
  }
}

/** What an XML declaration names. */
const declaredEncoding = (body: Buffer): string | undefined =>
  /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/.exec(body.subarray(0, 200).toString('latin1'))?.[1];

function plainReply(text: string): TwimlParse {
  if (text.trim() === '') return { kind: 'document', verbs: [], warnings: [] };
  const options = { to: null, from: null, mediaUrls: [], action: null, method: 'POST', statusCallback: null } as const;
  return { kind: 'document', verbs: [{ kind: 'message', body: text, ...options }], warnings: [] };
}
