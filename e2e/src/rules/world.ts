import { eventually, startTestStack } from '@heliograph/testing';
import { type Twilio, RestException } from 'twilio';
import type { MessageInstance, MessageListInstanceCreateOptions } from 'twilio/lib/rest/api/v2010/account/message.js';
import { CallbackReceiver } from '../support/callback-receiver.js';
import { type ApiAnswer, type DemoAccount, rawRequest, sdkFor } from '../support/customer.js';
import { FileServer } from '../support/file-server.js';
import { type HandsetMessage, messagesOf } from '../support/handsets.js';
import { pictureRoutes } from './pictures.js';

/** Short codes have no pace: what is not about pace is sent from this one. */
export const SHORT_CODE = '70707';
export const LONG_CODE = '+14158141829';
export const OTHER_LONG_CODE = '+14158141830';
export const JENNY = '+15558675309';

/** Statuses after which nothing more is said of a message. */
const FINAL_STATUSES = ['delivered', 'undelivered', 'failed'];

type NewMessage = Omit<MessageListInstanceCreateOptions, 'to'> & { to?: string };

/** One running Heliograph, its two accounts, and the witnesses: handsets, a receiver of callbacks, a server with pictures. */
export class World {
  private stack!: Awaited<ReturnType<typeof startTestStack>>;
  receiver!: CallbackReceiver;
  files!: FileServer;
  account!: DemoAccount;
  trial!: DemoAccount;
  client!: Twilio;
  trialClient!: Twilio;

  async start(): Promise<void> {
    this.receiver = await CallbackReceiver.start();
    this.files = await FileServer.start(await pictureRoutes());
    this.stack = await startTestStack();
    const { accounts, apiUrl } = this.stack.endpoint;
    this.account = accounts.find(({ type }) => type === 'Full')!;
    this.trial = accounts.find(({ type }) => type === 'Trial')!;
    this.client = sdkFor(apiUrl, this.account);
    this.trialClient = sdkFor(apiUrl, this.trial);
  }

  async stop(): Promise<void> {
    await this.stack?.remove();
    await Promise.all([this.receiver?.stop(), this.files?.stop()]);
  }

  /** Sends as the full account, from the short code to Jenny unless told otherwise. */
  send(message: NewMessage): Promise<MessageInstance> {
    return this.client.messages.create({ from: SHORT_CODE, to: JENNY, ...message });
  }

  /** The message once nothing more will be said of it. */
  async ended({ sid }: { sid: string }): Promise<MessageInstance> {
    return await eventually(async () => {
      const message = await this.client.messages(sid).fetch();
      if (!FINAL_STATUSES.includes(message.status)) throw new Error(`${sid} is still ${message.status}`);
      return message;
    }, 20_000);
  }

  /** Sends, and waits for the end. */
  async sendToEnd(message: NewMessage): Promise<MessageInstance> {
    return await this.ended(await this.send(message));
  }

  /** What the phone shows of this message: it must be there once. */
  async onHandset({ sid, to }: { sid: string; to: string }): Promise<HandsetMessage> {
    const received = (await messagesOf(this.stack.endpoint.handsetsUrl, to)).filter(
      ({ messageSid }) => messageSid === sid,
    );
    if (received.length !== 1) throw new Error(`${to} received ${sid} ${received.length} times`);
    return received[0]!;
  }

  async isOnHandset({ sid, to }: { sid: string; to: string }): Promise<boolean> {
    const all = await messagesOf(this.stack.endpoint.handsetsUrl, to);
    return all.some(({ messageSid }) => messageSid === sid);
  }

  /** The phone itself does something: it texts (`messages`), or its owner keys in a code (`codes`). */
  fromHandset(number: string, path: 'messages' | 'codes', fields: Record<string, string>): Promise<ApiAnswer> {
    const url = `${this.stack.endpoint.handsetsUrl}/handsets/${encodeURIComponent(number)}/${path}`;
    return rawRequest(url, { method: 'POST', body: new URLSearchParams(fields) });
  }

  /** A request that the SDK cannot make, below the account's own path. */
  raw(path: string, init: RequestInit = {}, as = this.account): Promise<ApiAnswer> {
    return rawRequest(this.url(path, as), { ...init, as });
  }

  url(path: string, account = this.account): string {
    return `${this.stack.endpoint.apiUrl}/2010-04-01/Accounts/${account.sid}${path}`;
  }

  authorization(): Record<string, string> {
    const credentials = Buffer.from(`${this.account.sid}:${this.account.authToken}`).toString('base64');
    return { authorization: `Basic ${credentials}` };
  }
}

/** Status and code with which a request of the SDK is refused. @throws when it is not */
export async function refusalOf(request: Promise<unknown>): Promise<readonly [status: number, code: number]> {
  try {
    await request;
  } catch (error) {
    if (error instanceof RestException && error.code !== undefined) return [error.status, error.code];
    throw error;
  }
  throw new Error('it was accepted');
}
