import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeSid } from '@heliograph/domain';
import type { StoredMedia } from '@heliograph/contracts';

/** Serves media as the `media` service does. `status` is what it answers with instead of the bytes when it is not 200. */
export class TestMediaServer {
  status = 200;
  private readonly server: Server;

  constructor(readonly bytes: Buffer) {
    this.server = createServer((_request, response) => {
      response.writeHead(this.status);
      response.end(this.status === 200 ? this.bytes : undefined);
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The served media, as a task names it. */
  media(place = 0): StoredMedia {
    const { port } = this.server.address() as AddressInfo;
    return {
      sid: makeSid('ME', new Uint8Array(16).fill(place)),
      contentType: 'image/png',
      byteSize: this.bytes.byteLength,
      url: `http://127.0.0.1:${port}/${place}`,
    };
  }
}
