import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Serves what a customer's MediaUrl may point at. */
export class FileServer {
  private constructor(
    private readonly server: Server,
    readonly requests: string[],
  ) {}

  /** @param routes path → what answers it; any other path is answered 404 */
  static async start(routes: Readonly<Record<string, RequestListener>>): Promise<FileServer> {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? '');
      const route = routes[new URL(request.url ?? '', 'http://localhost').pathname];
      if (route) route(request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FileServer(server, requests);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Answers with these bytes and this Content-Type. */
export const serve =
  (bytes: Buffer, contentType: string): RequestListener =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': contentType, 'content-length': bytes.length }).end(bytes);
