import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { RolePasswords } from './postgres/databases.js';
import { writePrivateFile } from './private-file.js';
import { SERVICE_NAMES, schemaOf } from './services/service-names.js';

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

/** Of the embedded PostgreSQL's superuser. */
export const superuserPasswordFrom = (secrets: Secrets): string => secrets.password('postgresSuperuserPassword');

/** Of the embedded NATS: that of the services, and that of outside readers. */
export const natsPasswordsFrom = (secrets: Secrets): { servicePassword: string; observerPassword: string } => ({
  servicePassword: secrets.password('natsServicePassword'),
  observerPassword: secrets.password('natsObserverPassword'),
});

/** Of each service's own role. */
export const rolePasswordsFrom = (secrets: Secrets): RolePasswords =>
  Object.fromEntries(
    SERVICE_NAMES.map((service) => [service, secrets.password(`${schemaOf(service)}RolePassword`)]),
  ) as RolePasswords;

/** With which api encrypts auth tokens. */
export const masterKeyFrom = (secrets: Secrets): string => secrets.key('masterKey');
