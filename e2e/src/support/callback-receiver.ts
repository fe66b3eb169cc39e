import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import twilio from 'twilio';

/** One request as the customer's server got it. */
export interface ReceivedCallback {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly params: Readonly<Record<string, string>>;
  readonly rawBody: string;
}

/** A customer's server for status callbacks: keeps what it gets, and answers `status`. */
export class CallbackReceiver {
  readonly received: ReceivedCallback[] = [];
  status = 204;
  private constructor(private readonly server: Server) {}

  static async start(): Promise<CallbackReceiver> {
    const server = createServer();
    const receiver = new CallbackReceiver(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const rawBody = Buffer.concat(chunks).toString('utf8');
        receiver.received.push({
          url: `http://${request.headers.host}${request.url}`,
          headers: request.headers as Record<string, string | undefined>,
          params: Object.fromEntries(new URLSearchParams(rawBody)),
          rawBody,
        });
        response.writeHead(receiver.status).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/status`;
  }

  of(messageSid: string): ReceivedCallback[] {
    return this.received.filter((callback) => callback.params.MessageSid === messageSid);
  }

  /** The statuses this message was reported with, in the order in which the reports came. */
  statusesOf(messageSid: string): (string | undefined)[] {
    return this.of(messageSid).map((callback) => callback.params.MessageStatus);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Whether Twilio's own SDK believes that we sent this. */
export function isSignedBy(authToken: string, { url, headers, params }: ReceivedCallback): boolean {
  return twilio.validateRequest(authToken, headers['x-twilio-signature'] ?? '', url, { ...params });
}
