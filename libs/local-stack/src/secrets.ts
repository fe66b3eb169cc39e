import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writePrivateFile } from './private-file.js';

/** Passwords and keys of one data folder, generated at first need and kept in a file that only its owner may read. */
export class Secrets {
  private constructor(
    private readonly path: string,
    private readonly values: Record<string, string>,
  ) {}

  static open(path: string): Secrets {
    return new Secrets(
      path,
      existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>) : {},
    );
  }

  /** A password that needs no escaping in a URL or a configuration file. */
  password(name: string): string {
    return this.keep(name, () => randomBytes(24).toString('base64url'));
  }

  /** A key of 32 bytes in base64. */
  key(name: string): string {
    return this.keep(name, () => randomBytes(32).toString('base64'));
  }

  private keep(name: string, generate: () => string): string {
    const kept = this.values[name];
    if (kept !== undefined) return kept;
    const value = generate();
    this.values[name] = value;
    writePrivateFile(this.path, `${JSON.stringify(this.values, null, 2)}\n`);
    return value;
  }
}
