import type { LookupAddress } from 'node:dns';
import { connect as connectTcp, isIP } from 'node:net';
import type { LookupFunction, Socket } from 'node:net';
import { connect as connectTls, rootCertificates } from 'node:tls';
import type { buildConnector } from 'undici';
import type { AddressPolicy } from './address-policy.js';
import type { Destination } from './allow-list.js';
import type { EgressProxy } from './egress-proxy.js';
import type { HostResolver } from './host-resolver.js';
import { openTunnel } from './proxy-tunnel.js';
import { destinationOf } from './target-url.js';

/** The host may not be connected to. */
export class RefusedAddressError extends Error {
  constructor(readonly reason: string) {
    super(`inside address: ${reason}`);
    this.name = 'RefusedAddressError';
  }
}

/** There was no connection in time. */
export class ConnectTimeoutError extends Error {
  override readonly name = 'ConnectTimeoutError';
}

export interface ConnectorOptions {
  policy: AddressPolicy;
  /** For the names that customers give. */
  resolver: HostResolver;
  /** For the names that the operator has put on the allow-list. */
  namedResolver: HostResolver;
  proxy: EgressProxy;
  /** From the look-up of the name to the end of the TLS handshake. */
  connectTimeoutMs: number;
  /** PEM; beside those that Node trusts. */
  trustedAuthorities: readonly string[];
}

const MAX_TLS_SESSIONS = 500;

/**
 * Connects only to addresses that the policy lets pass. The address that was checked is the one connected to, also through a proxy: there is no
 * second look-up between check and use (DNS rebinding), and literal addresses, which need no look-up, are checked too.
 */
export class CheckedConnector {
  private readonly tlsSessions = new Map<string, Buffer>();

  constructor(private readonly options: ConnectorOptions) {}

  /** As undici asks for a connection. */
  readonly connect: buildConnector.connector = ({ hostname, protocol, port }, callback) => {
    const destination = destinationOf({ hostname, protocol, port: port ?? '' });
    this.open(protocol, destination).then(
      (socket) => callback(null, socket),
      (error: unknown) => callback(error as Error, null),
    );
  };

  private async open(protocol: string, destination: Destination): Promise<Socket> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), this.options.connectTimeoutMs);
    try {
      return await this.openBefore(deadline.signal, protocol, destination);
    } catch (error) {
      throw deadline.signal.aborted ? new ConnectTimeoutError() : error;
    } finally {
      clearTimeout(timer);
    }
  }

  private async openBefore(deadline: AbortSignal, protocol: string, destination: Destination): Promise<Socket> {
    const addresses = await beforeDeadline(deadline, this.checkedAddresses(destination));
    const proxy = this.options.proxy.proxyFor(protocol, destination, addresses);
    const tunnel = proxy && (await openTunnel(proxy, addresses, destination.port, deadline));
    if (protocol === 'https:') return this.openTls(deadline, destination, addresses, tunnel);
    if (tunnel) return prepared(tunnel);
    const socket = connectTcp({ ...destination, lookup: pinnedTo(addresses) });
    return whenReady(socket, 'connect', deadline);
  }

  /** Where an address is allowed by the operator, the allowed ones. Otherwise all of them, if all are public. */
  private async checkedAddresses(destination: Destination): Promise<LookupAddress[]> {
    const { policy, resolver, namedResolver } = this.options;
    const { host } = destination;
    const family = isIP(host);
    const found =
      family === 0
        ? await (policy.isNamed(destination) ? namedResolver : resolver).resolve(host)
        : [{ address: host, family }];
    const judged = found.map((entry) => ({ entry, verdict: policy.judge(entry.address, destination) }));
    const allowed = judged.filter(({ verdict }) => verdict.kind === 'allowed');
    if (allowed.length > 0) return allowed.map(({ entry }) => entry);
    // One that is inside, among others that are not, is the mark of rebinding.
    for (const { verdict } of judged) if (verdict.kind === 'refused') throw new RefusedAddressError(verdict.reason);
    if (found.length === 0) throw new RefusedAddressError('the name has no address');
    return found;
  }

  private openTls(
    deadline: AbortSignal,
    { host, port }: Destination,
    addresses: LookupAddress[],
    tunnel: Socket | undefined,
  ): Promise<Socket> {
    const { trustedAuthorities } = this.options;
    const key = `${host}:${port}`;
    const socket = connectTls({
      host,
      port,
      lookup: pinnedTo(addresses),
      ...(tunnel && { socket: tunnel }),
      // The name is asked for and verified, whatever address it has. Literal addresses have no SNI (RFC 6066 section 3).
      servername: isIP(host) === 0 ? host : '',
      session: this.tlsSessions.get(key),
      ALPNProtocols: ['http/1.1'],
      ...(trustedAuthorities.length > 0 && { ca: [...rootCertificates, ...trustedAuthorities] }),
    });
    socket.on('session', (session: Buffer) => this.keepTlsSession(key, session));
    return whenReady(socket, 'secureConnect', deadline);
  }

  private keepTlsSession(key: string, session: Buffer): void {
    this.tlsSessions.delete(key);
    this.tlsSessions.set(key, session);
    for (const oldest of this.tlsSessions.keys()) {
      if (this.tlsSessions.size <= MAX_TLS_SESSIONS) return;
      this.tlsSessions.delete(oldest);
    }
  }
}

/** Answers with the addresses that were checked, whatever is asked. */
const pinnedTo =
  (addresses: LookupAddress[]): LookupFunction =>
  (_host, { all }, callback) => {
    const [first] = addresses;
    if (all || !first) callback(null, addresses);
    else callback(null, first.address, first.family);
  };

function whenReady(socket: Socket, event: 'connect' | 'secureConnect', deadline: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const expire = () => socket.destroy(new ConnectTimeoutError());
    if (deadline.aborted) expire();
    deadline.addEventListener('abort', expire);
    // Stays: an error between this connection's beginning and undici's taking it over must find somebody.
    socket.on('error', reject);
    socket.once(event, () => {
      deadline.removeEventListener('abort', expire);
      resolve(prepared(socket));
    });
  });
}

const prepared = (socket: Socket): Socket => socket.setNoDelay(true).setKeepAlive(true, 60_000);

function beforeDeadline<Value>(deadline: AbortSignal, promise: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const expire = () => reject(new ConnectTimeoutError());
    deadline.addEventListener('abort', expire);
    promise.then(resolve, reject).finally(() => deadline.removeEventListener('abort', expire));
  });
}
