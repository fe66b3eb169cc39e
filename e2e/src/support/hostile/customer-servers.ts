import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FileServer, serve } from '../file-server.js';
import { heartPng } from '../heart.js';

const redirect =
  (location: string): Parameters<typeof FileServer.start>[0][string] =>
  (_, response) =>
    void response.writeHead(302, { location }).end();

/** What the MediaUrls of `customer-urls.ts` lead to. */
export const startHostileFiles = (trapUrl: string): Promise<FileServer> =>
  FileServer.start({
    '/heart.png': serve(heartPng(), 'image/png'),
    '/heart%20with%20space.png': serve(heartPng(), 'image/png'),
    '/to-heart': redirect('/heart.png'),
    '/to-trap': redirect(`${trapUrl}/heart.png`),
    '/to-itself': redirect('/to-itself'),
    '/text.png': serve(Buffer.from('This is not a picture.'), 'image/png'),
    '/program': serve(Buffer.from('MZ'), 'application/x-msdownload'),
    '/bad-type': serve(heartPng(), 'nonsense'),
    '/empty': serve(Buffer.alloc(0), 'image/png'),
    '/no-type': (_, response) => void response.writeHead(200).end(heartPng()),
    '/too-large': (_, response) =>
      void response.writeHead(200, { 'content-type': 'image/png', 'content-length': 50_000_000 }).write(heartPng()),
    '/broken-off': (_, response) => {
      response.writeHead(200, { 'content-type': 'image/png', 'content-length': 1_000 });
      response.write(heartPng().subarray(0, 100), () => response.destroy());
    },
  });

/** A server that no request may ever reach. */
export interface Trap {
  readonly url: string;
  connections(): number;
  stop(): Promise<void>;
}

/** On an address of this machine other than the usual one. Where the system has none, nothing can be caught, and all else holds. */
export async function startTrap(): Promise<Trap> {
  const host = '127.0.0.2';
  let connections = 0;
  const server = createServer(serve(heartPng(), 'image/png'));
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => {
    server.once('error', () => resolve());
    server.listen(0, host, resolve);
  });
  const port = (server.address() as AddressInfo | null)?.port ?? 80;
  return {
    url: `http://${host}:${port}`,
    connections: () => connections,
    stop: async () => {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}
