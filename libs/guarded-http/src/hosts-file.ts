import type { LookupAddress } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';

/** A change of the file is noticed after this. */
const MAX_AGE_MS = 5_000;
const DEFAULT_PATH =
  process.platform === 'win32' ? `${process.env.SystemRoot}\\System32\\drivers\\etc\\hosts` : '/etc/hosts';

/** The names that this machine's hosts file gives addresses. A file that cannot be read has none. */
export class HostsFile {
  private names: Promise<Map<string, LookupAddress[]>> | undefined;
  private readAtMs = 0;

  constructor(private readonly path: string = DEFAULT_PATH) {}

  /** The addresses of a name in lower case; none where the file does not know it. */
  async addressesOf(name: string): Promise<LookupAddress[]> {
    if (this.names === undefined || performance.now() - this.readAtMs > MAX_AGE_MS) {
      this.readAtMs = performance.now();
      this.names = readFile(this.path, 'utf8').then(parseHosts, () => new Map());
    }
    return (await this.names).get(name) ?? [];
  }
}

/** `address name…` per line, `#` begins a comment (hosts(5)). */
export function parseHosts(text: string): Map<string, LookupAddress[]> {
  const names = new Map<string, LookupAddress[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...aliases] = line.replace(/#.*/, '').trim().split(/\s+/);
    const family = isIP(address);
    if (family === 0) continue;
    for (const alias of aliases) {
      const name = alias.toLowerCase();
      names.set(name, [...(names.get(name) ?? []), { address, family }]);
    }
  }
  return names;
}
