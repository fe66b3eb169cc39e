/** A parameter as it was meant: both parts decoded. */
export type Field = readonly [name: string, value: string];

/** HTTP status and Twilio's code of a refusal: `400/21211`. */
export type Refusal = `${number}/${number}`;

/** What the one who made a request up knows of its body. */
export type Form =
  | { readonly kind: 'fields'; readonly fields: readonly Field[] }
  /** Cannot be decoded: encoding that is malformed, bytes that are not UTF-8, a NUL. */
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'too-large' }
  /** Of another content type: its parameters are missing. */
  | { readonly kind: 'no-form' };

/** A request to Create, or one that looks like it. */
export interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** The bytes that are sent in place of all the above: no HTTP that a client would write. */
  readonly raw?: Buffer;
  readonly caller: 'full' | 'trial';
  /** What it must be answered for how it is addressed, whatever it says; null where it reaches Create with the right credentials. */
  readonly turnedAway: readonly Refusal[] | null;
  readonly form: Form;
  /** Whether nobody has laid down how its body is to be read: then it may be refused with anything. */
  readonly isUnclear: boolean;
}

/** Everything that is needed to send it again, for people. */
export function describeAttempt({ method, path, headers, body, raw, caller, form }: Attempt): string {
  if (raw) return `raw bytes ${JSON.stringify(raw.toString('latin1').slice(0, 2_000))}`;
  const bytes = body ?? Buffer.alloc(0);
  const shown =
    bytes.length > 4_000
      ? `${bytes.length} bytes, of which ${bytes.subarray(0, 4_000).toString('base64')}`
      : bytes.toString('base64');
  const meant = form.kind === 'fields' ? JSON.stringify(form.fields).slice(0, 4_000) : form.kind;
  return [
    `${method} ${path} as ${caller}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value.slice(0, 500)}`),
    `body (base64): ${shown}`,
    `which means: ${meant}`,
  ].join('\n  ');
}
