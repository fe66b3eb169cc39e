import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startTestStack } from '@heliograph/testing';
import type { Twilio } from 'twilio';
import { sdkFor } from './support/customer.js';
import { type HandsetMessage, messagesOf } from './support/handsets.js';

/** Another number, from the inventory to the handset. */
describe('IncomingPhoneNumbers', () => {
  let stack: Awaited<ReturnType<typeof startTestStack>>;
  let client: Twilio;

  beforeAll(async () => {
    stack = await startTestStack();
    client = sdkFor(stack.endpoint.apiUrl, stack.endpoint.accounts.find(({ type }) => type === 'Full')!);
  }, 90_000);

  afterAll(async () => {
    await stack?.remove();
  }, 60_000);

  const send = async (from: string, to: string, count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) await client.messages.create({ from, to, body: `${index}` });
  };

  const received = async (to: string, count: number): Promise<HandsetMessage[]> =>
    await eventually(async () => {
      const messages = await messagesOf(stack.endpoint.handsetsUrl, to);
      expect(messages).toHaveLength(count);
      return messages;
    }, 30_000);

  it('raise the rate: two numbers send twice as much as one', async () => {
    const to = '+15550110001';
    const [first, second] = [
      '+14158141829',
      (await client.incomingPhoneNumbers.create({ areaCode: '212' })).phoneNumber,
    ];
    expect(second).toBe('+12125550100');
    await Promise.all([send(first, to, 4), send(second, to, 4)]);
    const messages = await received(to, 8);
    const spanMs = (from: string | null) => {
      const times = messages
        .filter((message) => from === null || message.from === from)
        .map((each) => each.receivedAtMicros);
      return (Math.max(...times) - Math.min(...times)) / 1_000;
    };
    for (const from of [first, second]) expect(spanMs(from)).toBeGreaterThan(2_950);
    // One number alone takes 7 s at least.
    expect(spanMs(null)).toBeLessThan(6_900);
  }, 60_000);

  it('send nothing once they are deleted, but what was accepted before', async () => {
    const to = '+15550110002';
    const { sid, phoneNumber } = await client.incomingPhoneNumbers.create({ phoneNumber: '+14158150042' });
    await send(phoneNumber, to, 3);
    await client.incomingPhoneNumbers(sid).remove();
    await expect(send(phoneNumber, to, 1)).rejects.toMatchObject({ status: 400, code: 21606 });
    const messages = await received(to, 3);
    expect(messages.map(({ from, body }) => `${from} ${body}`)).toEqual(
      [0, 1, 2].map((index) => `${phoneNumber} ${index}`),
    );
  }, 60_000);
});
