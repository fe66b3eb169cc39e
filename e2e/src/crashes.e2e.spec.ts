import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import { CallbackReceiver } from './support/callback-receiver.js';
import { sdkFor, type DemoAccount } from './support/customer.js';
import { FileServer, serve } from './support/file-server.js';
import { allMessages, type HandsetMessage } from './support/handsets.js';
import { heartPng } from './support/heart.js';

const MESSAGES = 1_000;
/** One message in so many carries a picture. */
const PICTURE_EVERY = 10;
const HEART = heartPng();
const AT_ONCE = 16;

/**
 * Accepted means kept: 1,000 messages from 1,000 numbers, every tenth with a picture, are accepted while services or PostgreSQL are
 * killed, or NATS loses its store; each must reach its handset exactly once, with its picture, and end delivered.
 */
describe('crashes lose and double nothing', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let receiver: CallbackReceiver;
  let files: FileServer;
  let account: DemoAccount;
  let senders: readonly string[];

  beforeAll(async () => {
    receiver = await CallbackReceiver.start();
    files = await FileServer.start({ '/heart.png': serve(HEART, 'image/png') });
    stack = await startTestStack({ extraNumbers: MESSAGES });
    account = stack.endpoint.accounts.find(({ type }) => type === 'Full')!;
    senders = account.phoneNumbers.slice(-MESSAGES);
    expect(new Set(senders).size).toBe(MESSAGES);
  }, 120_000);

  afterAll(async () => {
    await stack?.remove();
    await Promise.all([receiver.stop(), files.stop()]);
  }, 60_000);

  /** Sends one message from each number while `disturb` runs; tries again what was not accepted. Resolves to sid → handset. */
  const sendWhile = async (
    prefix: string,
    disturb: (progress: () => number) => Promise<void>,
  ): Promise<Map<string, string>> => {
    const client = sdkFor(stack.endpoint.apiUrl, account);
    const accepted = new Map<string, string>();
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < MESSAGES) {
        const index = next;
        next += 1;
        // A handset of its own for each try: a try whose answer was lost may have been accepted.
        for (let attempt = 0; ; attempt += 1) {
          const to = `+1${prefix}${String(index).padStart(4, '0')}${attempt}`;
          const mediaUrl = index % PICTURE_EVERY === 0 ? [files.url('/heart.png')] : [];
          const text = { body: `${prefix}.${index}`, statusCallback: receiver.url };
          const message = { from: senders[index]!, to, ...text, mediaUrl };
          const sid = await client.messages.create(message).then(
            ({ sid }) => sid,
            () => null,
          );
          if (sid) accepted.set(sid, to);
          if (sid) break;
          await new Promise((resolve) => setTimeout(resolve, 200));
        }
      }
    };
    await Promise.all([disturb(() => accepted.size), ...Array.from({ length: AT_ONCE }, worker)]);
    return accepted;
  };

  const reaches = async (progress: () => number, share: number): Promise<void> => {
    await eventually(() => expect(progress()).toBeGreaterThanOrEqual(MESSAGES * share), 60_000);
  };

  const expectAllDelivered = async (accepted: ReadonlyMap<string, string>): Promise<void> => {
    expect(accepted.size).toBe(MESSAGES);
    const client = sdkFor(stack.endpoint.apiUrl, account);
    await eventually(async () => {
      const onHandsets = new Set((await allMessages(stack.endpoint.handsetsUrl)).map((message) => message.messageSid));
      expect([...accepted.keys()].filter((sid) => !onHandsets.has(sid))).toEqual([]);
    }, 60_000);
    await eventually(async () => {
      const messages = await client.messages.list({ pageSize: 1_000, limit: 10_000 });
      const statusOf = new Map(messages.map((message) => [message.sid, message.status]));
      expect([...accepted.keys()].filter((sid) => statusOf.get(sid) !== 'delivered')).toEqual([]);
    }, 60_000);
    const received = (await allMessages(stack.endpoint.handsetsUrl)).filter((message) =>
      accepted.has(message.messageSid),
    );
    expect(received).toHaveLength(MESSAGES);
    expect(received.filter((message) => message.to !== accepted.get(message.messageSid))).toEqual([]);
    await expectPictures(received);
    await eventually(() => {
      const incomplete = [...accepted.keys()].filter((sid) => !hasInOrder(receiver.statusesOf(sid)));
      expect(incomplete).toEqual([]);
    }, 60_000);
  };

  const expectPictures = async (received: readonly HandsetMessage[]): Promise<void> => {
    const carriesPicture = ({ body }: HandsetMessage) => Number(body.split('.')[1]) % PICTURE_EVERY === 0;
    expect(received.filter((message) => message.media.length !== (carriesPicture(message) ? 1 : 0))).toEqual([]);
    for (const { media } of received.filter(carriesPicture)) {
      const picture = await fetch(media[0]!.url);
      expect(Buffer.from(await picture.arrayBuffer()).equals(HEART)).toBe(true);
    }
  };

  it('when each service in turn is killed with SIGKILL and started again', async () => {
    const accepted = await sendWhile('55510', async (progress) => {
      const victims = ['api', 'media', 'dispatcher', 'callbacks', 'channel-simulator'] as const;
      for (const [index, name] of victims.entries()) {
        await reaches(progress, 0.1 + index * 0.17);
        await stack.services[name].kill('SIGKILL');
        await stack.services[name].start();
      }
    });
    await expectAllDelivered(accepted);
  }, 240_000);

  it('when NATS loses its whole store', async () => {
    const accepted = await sendWhile('55520', async (progress) => {
      await reaches(progress, 0.4);
      await stack.nats!.kill('SIGKILL');
      stack.nats!.wipeStore();
      await stack.nats!.start();
    });
    await expectAllDelivered(accepted);
  }, 240_000);

  it('when PostgreSQL is killed with SIGKILL, twice', async () => {
    const accepted = await sendWhile('55530', async (progress) => {
      for (const share of [0.3, 0.6]) {
        await reaches(progress, share);
        await stack.postgres!.kill('SIGKILL');
        await stack.postgres!.start();
      }
    });
    await expectAllDelivered(accepted);
  }, 240_000);
});

/** `sent`, then `delivered`; either may come more than once, but none earlier than its turn. */
function hasInOrder(statuses: readonly (string | undefined)[]): boolean {
  const firstDelivered = statuses.indexOf('delivered');
  return statuses[0] === 'sent' && firstDelivered > 0 && !statuses.slice(firstDelivered).includes('sent');
}
