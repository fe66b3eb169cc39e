import { Logger } from '@heliograph/service-host';
import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeFailure } from './describe-failure.js';

/** Answers every request that failed, wherever it failed: hooks, body parsers, handlers, or for want of a route. */
@Catch()
export class TwilioErrorsFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const path = request.url.split('?', 1)[0] as string;
    const envelope = describeFailure(error, { path, isUnrouted: request.is404 });
    // An outage is logged where it is met, not once for each request that it meets.
    if (envelope.status === 500) this.logger.error({ requestId: request.id, err: error }, 'request.failed');
    if (reply.sent) return;
    if (envelope.status === 401) void reply.header('WWW-Authenticate', 'Basic realm="Twilio API"');
    if (envelope.status === 413 && isSoonRead(request) && !asksToClose(request)) void reply.removeHeader('connection');
    request.refusalCode = envelope.code;
    void reply.code(envelope.status).send(envelope);
  }
}

/** The most of a body too large that is read and dropped. */
const MOST_BYTES_DROPPED = 32 * 1024 * 1024;

/**
 * Whether the rest of the body can be read and dropped: a connection that is closed on a client that still writes shows it a broken
 * connection and not the answer.
 */
function isSoonRead(request: FastifyRequest): boolean {
  return Number(request.headers['content-length'] ?? Infinity) <= MOST_BYTES_DROPPED;
}

/** Then the answer must say so, too (RFC 9112 9.6), or the client may send its next request into a closed connection. */
const asksToClose = ({ headers }: FastifyRequest): boolean => /\bclose\b/i.test(headers.connection ?? '');
