import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';

/** A request for an answer to a message, as the customer's server got it. */
export interface WebhookRequest {
  readonly method: string;
  readonly url: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Of the form, or of the query. */
  readonly params: Readonly<Record<string, string>>;
}

/** What the customer's server answers: a status, with TwiML or other content. */
export interface WebhookAnswer {
  readonly status?: number;
  readonly contentType?: string;
  readonly body?: string | Buffer;
}

/** A customer's server for inbound messages. `answer` decides; it may take its time. */
export class ReplyServer {
  readonly requests: WebhookRequest[] = [];
  answer: (request: WebhookRequest) => WebhookAnswer | Promise<WebhookAnswer> = () => ({});

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ReplyServer> {
    const server = createServer();
    const replies = new ReplyServer(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', async () => {
        const url = `http://${request.headers.host}${request.url}`;
        const form = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
        const { method = '', headers } = request;
        const { pathname, searchParams } = new URL(url);
        const params = Object.fromEntries(method === 'GET' ? searchParams : form);
        const received = { method, url, path: pathname, headers, params };
        replies.requests.push(received);
        const { status = 200, contentType = 'text/xml', body = '' } = await replies.answer(received);
        response.writeHead(status, { 'content-type': contentType }).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return replies;
  }

  url(path = '/sms'): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  /** The requests about one message's body, in the order in which they came. */
  about(body: string): WebhookRequest[] {
    return this.requests.filter(({ params }) => params.Body === body);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Whether Twilio's own SDK believes that we sent this. */
export function isWebhookSignedBy(authToken: string, { method, url, headers, params }: WebhookRequest): boolean {
  const signature = String(headers['x-twilio-signature'] ?? '');
  return twilio.validateRequest(authToken, signature, url, method === 'GET' ? {} : { ...params });
}

/** One reply with this text, as Twilio's builder writes it. */
export function replyWith(text: string): WebhookAnswer {
  const response = new twilio.twiml.MessagingResponse();
  response.message(text);
  return { body: response.toString() };
}
