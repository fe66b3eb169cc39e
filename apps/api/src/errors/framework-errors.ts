import { errorEnvelope, type ErrorEnvelope } from '@heliograph/twilio';
import type { ConnectionError } from 'fastify';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

const headersOf = (body: string) => ({
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': `${Buffer.byteLength(body)}`,
});

/** As much of Fastify's request and reply as its type for framework errors lets one rely on. */
interface UnroutableRequest {
  readonly id: string;
  readonly raw: { readonly url?: string };
}
interface UnroutableReply {
  readonly raw: {
    writeHead(status: number, headers: Record<string, string>): unknown;
    end(body: string): unknown;
  };
}

/** Answers a path that cannot be decoded or has a parameter beyond all measure: it names nothing. Before any hook or filter. */
export function answerUnroutable(_error: unknown, request: UnroutableRequest, { raw }: UnroutableReply): void {
  const path = (request.raw.url ?? '').split('?', 1)[0] as string;
  const body = JSON.stringify(errorEnvelope('notFound', { path }));
  raw.writeHead(404, {
    ...headersOf(body),
    'Twilio-Request-Id': request.id,
    'Twilio-Request-Duration': '0.000',
  });
  raw.end(body);
}

/** Answers what is no HTTP request, or did not arrive in time, and hangs up. */
export function answerBrokenConnection(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const envelope = connectionErrorEnvelope(error.code);
  const body = JSON.stringify(envelope);
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${envelope.status} ${STATUS_CODES[envelope.status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

/** Answers `Expect: …` with anything but what HTTP knows (RFC 9110 10.1.1); Node itself would answer without a word. */
export function answerUnmetExpectation(request: IncomingMessage, response: ServerResponse): void {
  const envelope = { ...errorEnvelope('unreadableRequest', { reason: 'the expectation cannot be met' }), status: 417 };
  const body = JSON.stringify(envelope);
  response.writeHead(envelope.status, { ...headersOf(body), Connection: 'close' }).end(body);
  request.resume();
}

function connectionErrorEnvelope(code: string | undefined): ErrorEnvelope {
  const unreadable = (reason: string, status: number) => ({
    ...errorEnvelope('unreadableRequest', { reason }),
    status,
  });
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return unreadable('the request took too long to arrive', 408);
  if (code === 'HPE_HEADER_OVERFLOW') return unreadable('the headers are too large', 431);
  return unreadable('the request is not HTTP', 400);
}
