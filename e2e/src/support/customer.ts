import twilio, { type Twilio } from 'twilio';

/** What the launcher says of an account. */
export interface DemoAccount {
  readonly sid: string;
  readonly authToken: string;
  readonly type: 'Full' | 'Trial';
  readonly phoneNumbers: readonly string[];
  readonly shortCodes: readonly string[];
}

/** Twilio's official SDK, pointed at us as a developer would. */
export function sdkFor(apiUrl: string, account: DemoAccount): Twilio {
  const client = twilio(account.sid, account.authToken);
  client.api.baseUrl = apiUrl;
  return client;
}

/** A failure of Twilio's API: HTTP status, and the envelope. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A request that no SDK would make. */
export async function rawRequest(url: string, options: RequestInit & { as?: DemoAccount } = {}): Promise<ApiAnswer> {
  const { as, ...init } = options;
  const headers = new Headers(init.headers);
  if (as) headers.set('authorization', `Basic ${Buffer.from(`${as.sid}:${as.authToken}`).toString('base64')}`);
  const response = await fetch(url, { ...init, headers });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}
