import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

/** Listens on every address of this machine, IPv4 and IPv6, and counts who connects. */
export class CountingListeners {
  connections = 0;

  private constructor(
    readonly ports: readonly number[],
    private readonly servers: Server[],
  ) {
    for (const server of servers) server.on('connection', (socket) => ((this.connections += 1), socket.destroy()));
  }

  /** @param count of free ports; besides, those that a URL without a port leads to are listened on where this process may */
  static async start(count: number): Promise<CountingListeners> {
    const ports: number[] = [];
    const servers: Server[] = [];
    while (ports.length < count) {
      const ipv4 = await listening('0.0.0.0', 0);
      const { port } = ipv4.address() as AddressInfo;
      servers.push(ipv4, await listening('::', port));
      ports.push(port);
    }
    for (const port of [80, 443]) {
      for (const host of ['0.0.0.0', '::']) {
        const server = await listening(host, port).catch(() => undefined);
        if (server) servers.push(server);
      }
    }
    return new CountingListeners(ports, servers);
  }

  close(): void {
    for (const server of this.servers) server.close();
  }
}

async function listening(host: string, port: number): Promise<Server> {
  const server = createServer().listen({ host, port, ipv6Only: host === '::' });
  await once(server, 'listening');
  return server;
}
