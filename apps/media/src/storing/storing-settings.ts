/** What storing needs from outside: where this service is reached, and randomness. */
export abstract class StoringSettings {
  /** Without a slash at its end. */
  abstract readonly internalUrl: string;
  /** Unguessable bytes. */
  abstract randomBytes(count: number): Buffer;
}
