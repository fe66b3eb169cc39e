import type { LookupAddress } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { HostLookupError, HostResolver } from './host-resolver.js';
import { HostsFile } from './hosts-file.js';

export interface DnsResolverOptions {
  /** `address` or `address:port` of name servers; default: those of this machine. */
  servers?: readonly string[];
  /** For one look-up, the wait for its turn included; default 4,000. */
  timeoutMs?: number;
  /** Look-ups on their way at once; default 500. Each holds a socket. */
  maxConcurrent?: number;
  hostsFile?: HostsFile;
}

/** For one query to one server; c-ares doubles it with each try. */
const TRY_TIMEOUT_MS = 1_200;
const TRIES = 3;
/** How long the other family of addresses is waited for once one has answered (RFC 8305 section 3 says 50 ms at least). */
const OTHER_FAMILY_DELAY_MS = 300;
const LOOPBACK: LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Resolves customers' host names: this machine's hosts file, then its name servers, asked over sockets of our own. getaddrinfo would not do:
 * it lets two look-ups at a time into Node's pool of four threads, for as long as a customer's name server cares to hang, and all
 * others wait. Here a slow name delays itself only. Names are asked for as they stand; there are no search domains.
 */
export class DnsResolver extends HostResolver {
  private readonly servers: readonly string[] | undefined;
  private readonly timeoutMs: number;
  private readonly hosts: HostsFile;
  private readonly turns: Turns;
  /** Connections that open together share one look-up. */
  private readonly underWay = new Map<string, Promise<LookupAddress[]>>();

  constructor({ servers, timeoutMs = 4_000, maxConcurrent = 500, hostsFile }: DnsResolverOptions = {}) {
    super();
    this.servers = servers;
    this.timeoutMs = timeoutMs;
    this.hosts = hostsFile ?? new HostsFile();
    this.turns = new Turns(maxConcurrent);
  }

  async resolve(host: string): Promise<LookupAddress[]> {
    // RFC 6761 section 6.3: never asked of a name server, which may say anything.
    if (host === 'localhost' || host.endsWith('.localhost')) return LOOPBACK;
    const known = await this.hosts.addressesOf(host);
    return known.length > 0 ? known : this.lookUpOnce(host);
  }

  private lookUpOnce(host: string): Promise<LookupAddress[]> {
    const running = this.underWay.get(host);
    if (running) return running;
    const lookup = this.lookUp(host).finally(() => this.underWay.delete(host));
    this.underWay.set(host, lookup);
    return lookup;
  }

  private async lookUp(host: string): Promise<LookupAddress[]> {
    const deadlineMs = performance.now() + this.timeoutMs;
    if (!(await this.turns.take(this.timeoutMs))) throw new HostLookupError('ETIMEOUT');
    // A fresh one each time (25 µs) knows the present name servers, has a port of its own, and can be cancelled.
    const resolver = new Resolver({ timeout: TRY_TIMEOUT_MS, tries: TRIES });
    const timer = setTimeout(() => resolver.cancel(), deadlineMs - performance.now());
    try {
      if (this.servers) resolver.setServers(this.servers);
      return await bothFamilies(resolver, host);
    } finally {
      clearTimeout(timer);
      resolver.cancel();
      this.turns.giveBack();
    }
  }
}

type Answer = LookupAddress[] | HostLookupError;

async function bothFamilies(resolver: Resolver, host: string): Promise<LookupAddress[]> {
  const ipv4 = answerOf(resolver.resolve4(host), 4);
  const ipv6 = answerOf(resolver.resolve6(host), 6);
  const first = await Promise.race([ipv4, ipv6]);
  if (Array.isArray(first)) {
    const timer = setTimeout(() => resolver.cancel(), OTHER_FAMILY_DELAY_MS);
    await Promise.all([ipv4, ipv6]);
    clearTimeout(timer);
  }
  const answers = await Promise.all([ipv4, ipv6]);
  const addresses = answers.flatMap((answer) => (Array.isArray(answer) ? answer : []));
  if (addresses.length > 0) return addresses;
  throw answers.find(isFailure) ?? new HostLookupError('ENODATA');
}

async function answerOf(query: Promise<string[]>, family: 4 | 6): Promise<Answer> {
  try {
    return (await query).map((address) => ({ address, family }));
  } catch (error) {
    const { code = 'EBADRESP' } = error as NodeJS.ErrnoException;
    return new HostLookupError(code === 'ECANCELLED' ? 'ETIMEOUT' : code);
  }
}

/** "There is none of this family" says less than what went wrong with the other. */
const isFailure = (answer: Answer): answer is HostLookupError =>
  answer instanceof HostLookupError && answer.code !== 'ENODATA';

/** At most so many at once; the others wait in the order of their coming. */
class Turns {
  private readonly waiting: (() => void)[] = [];

  constructor(private free: number) {}

  /** @returns whether there was a turn in time, which then must be given back */
  take(timeoutMs: number): Promise<boolean> {
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve(true);
    }
    return new Promise((resolve) => {
      const start = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(start), 1);
        resolve(false);
      }, timeoutMs);
      this.waiting.push(start);
    });
  }

  giveBack(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.free += 1;
  }
}
