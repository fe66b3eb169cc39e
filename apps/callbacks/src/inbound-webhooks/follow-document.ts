import { withoutCredentials } from '@heliograph/guarded-http';
import type { TwimlMessage, TwimlParse, TwimlVerb } from '@heliograph/twilio';
import type { DocumentRequest, InboundWebhook, Mistake, NewReply } from './inbound-webhook.js';

/** Twilio: the most documents of one conversation, and the most replies to one message. */
export const MOST_DOCUMENTS = 50;
export const MOST_REPLIES = 10;
const DOCUMENT_LIMIT = 14_106;
const REPLY_LIMIT = 14_109;

/** What follows from an answer: replies to be made, in their order, and after that the next request. */
export interface Continuation {
  readonly replies: readonly NewReply[];
  /** Null where the conversation is over. */
  readonly request: DocumentRequest | null;
  readonly fallback: InboundWebhook['fallback'];
  readonly mistakes: readonly Mistake[];
}

type Step = Pick<InboundWebhook, 'from' | 'to' | 'fallback' | 'documentCount' | 'replyCount'> & {
  /** The request that was answered. */
  readonly request: DocumentRequest;
};

/**
 * Follows a document, or, where there is none that can be run, goes to the fallback. Pure.
 * @param step `documentCount` without the document that is followed
 */
export function followDocument(step: Step, document: TwimlParse): Continuation {
  if (document.kind === 'unusable') return fallBack(step, document);
  const { verbs, warnings } = document;
  const messages = verbs.filter((verb) => verb.kind === 'message');
  const room = Math.max(0, MOST_REPLIES - step.replyCount);
  const replies = messages.slice(0, room).map((message) => toReply(step, message));
  const mistakes: Mistake[] = [...warnings];
  if (messages.length > room) {
    const reason = `${messages.length - room} of the replies are more than ${MOST_REPLIES} to one message, and not sent`;
    mistakes.push({ errorCode: REPLY_LIMIT, reason });
  }
  const last = verbs.at(-1);
  const request = last?.kind === 'redirect' ? { ...last } : actionOf(last, step.replyCount + replies.length - 1);
  const isLastSent = last?.kind !== 'message' || messages.length <= room;
  return limited(step, { replies, request: isLastSent ? request : null, fallback: step.fallback, mistakes });
}

function fallBack(step: Step, failure: Mistake): Continuation {
  const { errorCode, reason } = failure;
  const mistakes = [{ errorCode, reason }];
  if (step.fallback === null) return { replies: [], request: null, fallback: null, mistakes };
  const errorUrl = withoutCredentials(step.request.url);
  const request: DocumentRequest = { kind: 'fallback', ...step.fallback, errorCode, errorUrl };
  return limited(step, { replies: [], request, fallback: null, mistakes });
}

const toReply = (step: Step, message: TwimlMessage): NewReply => ({
  to: message.to ?? step.from,
  from: message.from ?? step.to,
  body: message.body,
  mediaUrls: message.mediaUrls,
  statusCallback: message.statusCallback,
});

function actionOf(verb: TwimlVerb | undefined, replyIndex: number): DocumentRequest | null {
  if (verb?.kind !== 'message' || verb.action === null) return null;
  return { kind: 'action', url: verb.action, method: verb.method, replyIndex };
}

/** The conversation ends where it would have more documents than one may have. */
function limited(step: Step, continuation: Continuation): Continuation {
  if (continuation.request === null || step.documentCount + 1 < MOST_DOCUMENTS) return continuation;
  const reason = `there were ${MOST_DOCUMENTS} documents already; ${withoutCredentials(continuation.request.url)} is not requested`;
  return {
    ...continuation,
    request: null,
    mistakes: [...continuation.mistakes, { errorCode: DOCUMENT_LIMIT, reason }],
  };
}
