import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A proxy that opens tunnels (CONNECT) to wherever it is asked. */
export class ForwardProxy {
  /** What it was asked for, as `192.0.2.1:443`. */
  readonly asked: string[] = [];
  /** With which Proxy-Authorization. */
  readonly credentials: (string | undefined)[] = [];
  /** What it answers in place of opening a tunnel. */
  refusal: number | undefined;
  /** Where tunnels lead, whatever is asked for: the outside world of a test. */
  leadsTo: number | undefined;

  private constructor(private readonly server: Server) {
    server.on('connect', (request, client, head) => {
      client.on('error', () => undefined);
      const authority = request.url ?? '';
      this.asked.push(authority);
      this.credentials.push(request.headers['proxy-authorization']);
      if (this.refusal !== undefined) return void client.end(`HTTP/1.1 ${this.refusal} No\r\n\r\n`);
      const { hostname, port } = new URL(`http://${authority}`);
      const upstream = this.leadsTo
        ? connect(this.leadsTo, '127.0.0.1')
        : connect(Number(port || 80), hostname.replace(/^\[|\]$/g, ''));
      upstream.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
      upstream.on('connect', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.write(head);
        client.pipe(upstream).pipe(client);
      });
      client.on('close', () => upstream.destroy());
    });
  }

  static async start(): Promise<ForwardProxy> {
    const server = createServer((_request, response) => response.writeHead(405).end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new ForwardProxy(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
