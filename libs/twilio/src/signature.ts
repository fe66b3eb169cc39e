import { createHmac } from 'node:crypto';

export const SIGNATURE_HEADER = 'X-Twilio-Signature';

/** Parameters of a form, name and decoded value, in any order. */
export type FormParameters = readonly (readonly [name: string, value: string])[];

/**
 * The `X-Twilio-Signature` of a webhook request. With `parameters`: a form POST. Without: a GET, whose parameters are in the URL.
 *
 * The key is the account's primary auth token. Signed are the URL (see `signedUrl`) and, for a form, each name followed by its value, sorted
 * by name; a name given more than once contributes each distinct value once, sorted, as Twilio's validators do.
 */
export function signRequest(authToken: string, url: string, parameters: FormParameters = []): string {
  return createHmac('sha1', authToken)
    .update(signedUrl(url) + formText(parameters), 'utf8')
    .digest('base64');
}

/**
 * The form of a URL that is signed: what the receiver sees. The fragment (connection overrides) and the credentials never reach it and are left
 * out. Otherwise it is the URL as given; where that cannot be sent as given (no path, a raw non-ASCII character or quote, an upper-case
 * host), it is as the URL standard writes it on the wire, because that is what a receiver rebuilds from its request. A port
 * that was written is kept even if it is the scheme's own: validators try both.
 * @throws TypeError when the URL is not absolute
 */
export function signedUrl(url: string): string {
  const parsed = new URL(url);
  const writtenPort = /^[^/?#]*\/\/[^/?#]*?:(\d+)(?=[/?#]|$)/.exec(url)?.[1];
  const port = parsed.port === '' ? writtenPort : parsed.port;
  const host = port === undefined ? parsed.hostname : `${parsed.hostname}:${port}`;
  return `${parsed.protocol}//${host}${parsed.pathname}${parsed.search}`;
}

function formText(parameters: FormParameters): string {
  const values = new Map<string, Set<string>>();
  for (const [name, value] of parameters) values.set(name, (values.get(name) ?? new Set()).add(value));
  let text = '';
  for (const name of [...values.keys()].sort()) {
    for (const value of [...(values.get(name) ?? [])].sort()) text += name + value;
  }
  return text;
}
