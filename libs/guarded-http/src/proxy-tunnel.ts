import type { LookupAddress } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';

/** The operator's proxy was not reached, or does not open the way. */
export class ProxyError extends Error {
  constructor(readonly code: string) {
    super(`proxy: ${code}`);
    this.name = 'ProxyError';
  }
}

const MAX_ANSWER_HEADER_BYTES = 16_384;

/**
 * Asks the proxy for a way to one of the addresses (CONNECT, RFC 9110 section 9.3.6), in their order. The proxy is given the address that was
 * checked, not the name, which it would resolve for itself, and perhaps to another.
 * @throws ProxyError
 */
export async function openTunnel(
  proxy: URL,
  addresses: readonly LookupAddress[],
  port: number,
  signal: AbortSignal,
): Promise<Socket> {
  let lastError: unknown;
  for (const { address, family } of addresses) {
    try {
      return await connectThrough(proxy, family === 6 ? `[${address}]:${port}` : `${address}:${port}`, signal);
    } catch (error) {
      lastError = error;
      // 5xx: the proxy tried, and the address does not answer.
      if (signal.aborted || !(error instanceof ProxyError) || !/^PROXY_5/.test(error.code)) throw error;
    }
  }
  throw lastError;
}

function connectThrough(proxy: URL, authority: string, signal: AbortSignal): Promise<Socket> {
  const request = (proxy.protocol === 'https:' ? httpsRequest : httpRequest)({
    host: proxy.hostname.replace(/^\[|\]$/g, ''),
    port: proxy.port || (proxy.protocol === 'https:' ? 443 : 80),
    method: 'CONNECT',
    path: authority,
    headers: { host: authority, ...authorizationOf(proxy) },
    agent: false,
    maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
    signal,
  });
  return new Promise((resolve, reject) => {
    request.on('error', (error: NodeJS.ErrnoException) => reject(new ProxyError(`PROXY_${error.code ?? 'FAILED'}`)));
    request.on('connect', ({ statusCode = 0 }, socket: Socket, head) => {
      socket.on('error', () => undefined);
      if (statusCode >= 200 && statusCode < 300) {
        if (head.length > 0) socket.unshift(head);
        return resolve(socket);
      }
      socket.destroy();
      reject(new ProxyError(`PROXY_${statusCode}`));
    });
    request.end();
  });
}

function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
}
