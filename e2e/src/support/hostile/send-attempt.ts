import { type Agent, request } from 'node:http';
import { connect } from 'node:net';
import type { Attempt } from './attempt.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What became of a request on the wire. */
export type Reply =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'unanswered'; readonly reason: string };

const PATIENCE_MS = 30_000;
/** A connection on which nothing comes back after broken bytes. */
const RAW_PATIENCE_MS = 5_000;

/** Sends the request as it is. Never throws: that there was no answer is a finding. */
export async function sendAttempt(apiUrl: string, attempt: Attempt, agent: Agent): Promise<Reply> {
  try {
    return await (attempt.raw ? sendRaw(apiUrl, attempt.raw) : sendRequest(apiUrl, attempt, agent));
  } catch (error) {
    return { kind: 'unanswered', reason: String(error) };
  }
}

function sendRequest(apiUrl: string, attempt: Attempt, agent: Agent): Promise<Reply> {
  const { hostname, port } = new URL(apiUrl);
  const { method, path, headers, body } = attempt;
  const length = headers['transfer-encoding'] === undefined ? { 'content-length': body?.length ?? 0 } : {};
  return new Promise((resolve, reject) => {
    const outgoing = request({
      hostname,
      port,
      method,
      path,
      headers: { ...headers, ...length },
      agent,
      timeout: PATIENCE_MS,
    });
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const answer = { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
        resolve({ kind: 'answered', answer });
      });
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function sendRaw(apiUrl: string, bytes: Buffer): Promise<Reply> {
  const { hostname, port } = new URL(apiUrl);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => void socket.write(bytes));
    const finish = (): void => {
      socket.destroy();
      resolve(
        chunks.length > 0
          ? { kind: 'answered', answer: parseAnswer(Buffer.concat(chunks)) }
          : { kind: 'unanswered', reason: 'closed' },
      );
    };
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (isComplete(Buffer.concat(chunks))) finish();
    });
    socket.setTimeout(RAW_PATIENCE_MS, finish);
    socket.on('close', finish);
    socket.on('error', (error) => (chunks.length > 0 ? finish() : reject(error)));
  });
}

/** The first answer in the bytes. */
function parseAnswer(bytes: Buffer): Answer {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return { status: 0, headers: {}, body: Buffer.alloc(0) };
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.split(':', 1)[0]!.toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const length = Number(headers['content-length'] ?? Infinity);
  return { status: Number(statusLine.split(' ')[1]), headers, body: bytes.subarray(end + 4).subarray(0, length) };
}

function isComplete(bytes: Buffer): boolean {
  const { headers, body } = parseAnswer(bytes);
  return body.length === Number(headers['content-length']);
}
