import { isDatabaseOutage } from '@heliograph/postgres';
import { errorEnvelope, type ErrorEnvelope } from '@heliograph/twilio';
import { HttpException } from '@nestjs/common';
import { RequestRefused } from './request-refused.js';
import { Unavailable } from './unavailable.js';

/** The request that failed, as far as the answer depends on it. */
export interface FailedRequest {
  /** Without the query. */
  readonly path: string;
  /** Whether no route was found for it. */
  readonly isUnrouted: boolean;
}

/** What is served here, whatever the method: the accounts, one, its lists, what is in them, a message's media with or without extension, and why it waits. */
const RESOURCES =
  /^\/2010-04-01\/Accounts(?:\.json|\/[^/]+\.json|\/[^/]+\/(?:Messages|IncomingPhoneNumbers|Applications|OutgoingCallerIds|Notifications)(?:\/[^/]+)?\.json|\/[^/]+\/Messages\/[^/]+\/(?:Media(?:\.json|\/[^/]+)|Waiting\.json)|\/[^/]+\/(?:Messages\/[^/]+\/Callbacks|Callbacks\/[^/]+(?:\/Replay)?|CallbackReplays|CallbackEndpoints(?:\/[^/]+\/Resume)?)\.json)$/;

/** The answer to a request that failed, in Twilio's envelope. Says nothing of what broke inside. */
export function describeFailure(error: unknown, { path, isUnrouted }: FailedRequest): ErrorEnvelope {
  if (isUnrouted) return RESOURCES.test(path) ? errorEnvelope('methodNotAllowed') : errorEnvelope('notFound', { path });
  if (error instanceof RequestRefused) return error.envelope;
  if (isUnavailability(error)) return errorEnvelope('serviceUnavailable');
  const status = statusOf(error);
  if (status === 413) return errorEnvelope('requestTooLarge');
  if (status >= 400 && status < 500) return errorEnvelope('unreadableRequest', { reason: 'the request is malformed' });
  return errorEnvelope('internalError');
}

/** The use case that met the outage may have wrapped it. */
function isUnavailability(error: unknown): boolean {
  if (error instanceof Unavailable || isDatabaseOutage(error)) return true;
  return error instanceof Error && error.cause !== undefined && isUnavailability(error.cause);
}

/** Fastify's own errors carry a status, also after Nest has wrapped them. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = (error ?? {}) as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}
