/** Where what is imported is kept: its version changes with every import. */
export interface ImportedSource<Value> {
  readVersion(): Promise<number>;
  read(): Promise<Value>;
}

/**
 * What was imported, in memory. It asks for the version where the last answer is older than allowed, and reads everything again only
 * when that has changed: what is asked for every message costs no query.
 */
export class Refreshed<Value> {
  private held: { readonly version: number; readonly value: Value } | undefined;
  private checkedAtMs = -Infinity;
  private refreshing: Promise<Value> | undefined;

  constructor(
    private readonly source: ImportedSource<Value>,
    private readonly maxAgeMs: number,
  ) {}

  /** @throws when it is too old and cannot be read */
  async get(): Promise<Value> {
    if (this.held && performance.now() - this.checkedAtMs <= this.maxAgeMs) return this.held.value;
    this.refreshing ??= this.refresh().finally(() => (this.refreshing = undefined));
    return await this.refreshing;
  }

  private async refresh(): Promise<Value> {
    const checkedAtMs = performance.now();
    // Asked first: what is imported between the two is read once more at the next look, and never missed.
    const version = await this.source.readVersion();
    if (this.held?.version !== version) this.held = { version, value: await this.source.read() };
    this.checkedAtMs = checkedAtMs;
    return this.held.value;
  }
}
