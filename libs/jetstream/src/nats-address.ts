/** Where NATS is, in the form that its clients and NestJS's transport take it. */
export interface NatsAddress {
  readonly servers: string[];
  readonly user?: string;
  readonly pass?: string;
  /** There where the connection must be encrypted, and the server's certificate be one that this machine trusts. */
  readonly tls?: object;
}

/**
 * Reads `nats://user:password@host:port`, or several separated by commas. The clients take credentials apart from the addresses; all
 * addresses share those of the first. One `tls://` among the addresses makes all connections encrypted.
 */
export function parseNatsUrl(natsUrl: string): NatsAddress {
  const urls = natsUrl.split(',').map((part) => new URL(part.trim()));
  const servers = urls.map((url) => `${url.hostname}:${url.port || '4222'}`);
  const tls = urls.some((url) => url.protocol === 'tls:') ? { tls: {} } : {};
  const [first] = urls;
  if (!first?.username) return { servers, ...tls };
  return { servers, ...tls, user: decodeURIComponent(first.username), pass: decodeURIComponent(first.password) };
}
