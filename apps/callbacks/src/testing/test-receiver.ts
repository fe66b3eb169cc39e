import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** A callback as its receiver met it. `parameters` are in the order of the form. */
export interface MetCallback {
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly parameters: [string, string][];
  /** As it came. */
  readonly body: string;
  readonly messageSid: string;
  readonly status: string;
  /** By a clock that never goes back. */
  readonly atMs: number;
}

/** A status, or more; `silence`: the connection is closed without an answer. */
export type TestAnswer =
  | number
  | 'silence'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string | Buffer };

/** A customer's server. `answer` says with what it answers; it may take its time. */
export class TestReceiver {
  readonly met: MetCallback[] = [];
  answer: (callback: MetCallback) => TestAnswer | Promise<TestAnswer> = () => 204;
  /** How many requests it had in hand at once, at most. */
  mostInHand = 0;
  private inHand = 0;
  private readonly server: Server = createServer((request, response) => void this.take(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  url(path = '/status'): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** What came about one message, in the order in which it came. */
  metAbout(messageSid: string): MetCallback[] {
    return this.met.filter((callback) => callback.messageSid === messageSid);
  }

  reset(): void {
    this.met.length = 0;
    this.mostInHand = 0;
    this.answer = () => 204;
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.mostInHand = Math.max(this.mostInHand, ++this.inHand);
    const callback = await readCallback(request);
    this.met.push(callback);
    const answer = await this.answer(callback);
    this.inHand--;
    if (answer === 'silence') return void request.socket.destroy();
    const { status, headers = {}, body } = typeof answer === 'number' ? { status: answer } : answer;
    response.writeHead(status, headers).end(body);
  }
}

async function readCallback(request: IncomingMessage): Promise<MetCallback> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  const form = new URLSearchParams(body);
  return {
    path: request.url ?? '',
    method: request.method ?? '',
    headers: request.headers,
    parameters: [...form],
    body,
    messageSid: form.get('MessageSid') ?? '',
    status: form.get('MessageStatus') ?? '',
    atMs: performance.now(),
  };
}
