import { eventually } from '@heliograph/testing';
import { describe, expect, it } from '@jest/globals';
import { LONG_CODE, OTHER_LONG_CODE, refusalOf, type World } from './world.js';

const SMS_ONLY = '+14158160000';
const SECOND_MICROS = 1_000_000;
/** How far messages may fall short of their pace in all: 20 ms (docs/adr/0004), and a millisecond, to which the channel cuts its times. */
const TOLERANCE_MICROS = 21_000;

/** Numbers are bought, kept and given back. */
export const numbersRules = (world: World) =>
  describe('numbers', () => {
    const numbers = () => world.client.incomingPhoneNumbers;

    it('the numbers of the account are listed and fetched', async () => {
      const list = await numbers().list();
      expect(list.map(({ phoneNumber }) => phoneNumber)).toEqual(expect.arrayContaining([LONG_CODE, OTHER_LONG_CODE]));
      const [number] = await numbers().list({ phoneNumber: LONG_CODE });
      expect(await numbers()(number!.sid).fetch()).toMatchObject({
        phoneNumber: LONG_CODE,
        capabilities: { sms: true, mms: true },
      });
    });

    it("a number is bought from the operator's inventory, keeps its URLs, and once deleted sends only what was accepted before", async () => {
      const number = await numbers().create({ phoneNumber: '+14158150000', smsUrl: 'https://example.com/sms' });
      expect(number).toMatchObject({ phoneNumber: '+14158150000', smsUrl: 'https://example.com/sms' });
      expect(await refusalOf(numbers().create({ phoneNumber: '+14158150000' }))).toEqual([400, 21422]);
      const updated = await numbers()(number.sid).update({ smsUrl: 'https://example.com/other', smsMethod: 'GET' });
      expect(updated).toMatchObject({ smsUrl: 'https://example.com/other', smsMethod: 'GET' });
      const accepted = [
        await eventually(() => world.send({ from: '+14158150000', body: 'Hi' }), 1_000),
        await world.send({ from: '+14158150000', body: 'Hi' }),
      ];

      expect(await numbers()(number.sid).remove()).toBe(true);
      const sending = () => refusalOf(world.send({ from: '+14158150000', body: 'Hi' }));
      await eventually(async () => expect(await sending()).toEqual([400, 21606]), 1_000);
      expect(await refusalOf(numbers()(number.sid).fetch())).toEqual([404, 20404]);
      for (const message of accepted) expect((await world.ended(message)).status).toBe('delivered');
    });

    it('a number that cannot send MMS sends only SMS', async () => {
      const { capabilities } = await numbers().create({ phoneNumber: SMS_ONLY });
      expect(capabilities).toMatchObject({ sms: true, mms: false });
      expect((await world.sendToEnd({ from: SMS_ONLY, body: 'Hi' })).status).toBe('delivered');
      const mediaUrl = [world.files.url('/heart.png')];
      expect(await refusalOf(world.send({ from: SMS_ONLY, mediaUrl }))).toEqual([400, 21621]);
    });

    it('a short code sends at once what a number would need half a minute for', async () => {
      const sent = await Promise.all(
        Array.from({ length: 30 }, (_, n) => world.send({ to: '+15558675398', body: `${n}` })),
      );
      await Promise.all(sent.map((message) => world.ended(message)));
      const received = await Promise.all(sent.map((message) => world.onHandset(message)));
      const times = received.map(({ receivedAtMicros }) => receivedAtMicros);
      expect(Math.max(...times) - Math.min(...times)).toBeLessThan(10_000_000);
    });

    it('buying another number raises the rate: each sends one message a second, all at the same time', async () => {
      const bought = await numbers().create({ areaCode: '212' });
      expect(bought.phoneNumber).toMatch(/^\+1212/);
      const senders = [LONG_CODE, bought.phoneNumber];
      const sent = await Promise.all(
        [0, 1, 2].flatMap((n) => senders.map((from) => world.send({ from, to: '+15558675399', body: `${n}` }))),
      );
      await Promise.all(sent.map((message) => world.ended(message)));
      const received = await Promise.all(sent.map((message) => world.onHandset(message)));
      const timesOf = (sender: string) =>
        received
          .filter(({ from }) => from === sender)
          .map(({ receivedAtMicros }) => receivedAtMicros)
          .sort((a, b) => a - b);
      const [first, second] = [timesOf(senders[0]!), timesOf(senders[1]!)];
      for (const times of [first, second]) {
        expect(times).toHaveLength(3);
        for (const [first, last] of [
          [0, 1],
          [1, 2],
          [0, 2],
        ] as const) {
          expect(times[last]! - times[first]!).toBeGreaterThanOrEqual(
            (last - first) * SECOND_MICROS - TOLERANCE_MICROS,
          );
        }
      }
      expect(second[0]!).toBeLessThan(first[2]!);
      expect(first[0]!).toBeLessThan(second[2]!);
    });
  });
