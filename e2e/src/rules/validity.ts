import { eventually } from '@heliograph/testing';
import { describe, expect, it } from '@jest/globals';
import { OTHER_LONG_CODE, refusalOf, type World } from './world.js';

/** How long a message may wait. */
export const validityRules = (world: World) =>
  describe('validity', () => {
    it('a message that waits for longer than its ValidityPeriod fails with 30036, unsent and uncharged; the others are delivered', async () => {
      const statusCallback = world.receiver.url;
      const send = (validityPeriod?: number) =>
        world.send({ from: OTHER_LONG_CODE, body: 'Hi', statusCallback, validityPeriod });
      // One a second: those behind the first three cannot be sent within a second.
      const before = [await send(), await send(), await send()];
      const late = [await send(1), await send(1), await send(1), await send(1), await send(1)];
      const after = await send();
      for (const queued of late) {
        const failed = await world.ended(queued);
        expect(failed).toMatchObject({ status: 'failed', errorCode: 30036, errorMessage: 'Validity Period Expired' });
        expect(Number(failed.price ?? 0)).toBe(0);
        await eventually(() => expect(world.receiver.statusesOf(queued.sid)).toEqual(['failed']));
        expect(world.receiver.of(queued.sid)[0]!.params).toMatchObject({ ErrorCode: '30036' });
      }
      for (const { sid } of [...before, after]) expect((await world.ended({ sid })).status).toBe('delivered');
      // The turns of those that expired were not used: the last one took the fourth.
      const times = await Promise.all(
        [before[2]!, after].map(async (message) => (await world.onHandset(message)).receivedAtMicros),
      );
      expect(times[1]! - times[0]!).toBeLessThan(3_000_000);
      for (const message of late) expect(await world.isOnHandset(message)).toBe(false);
    });

    it.each([5, 36_000])('a message with a ValidityPeriod of %i is sent in time', async (validityPeriod) => {
      expect(await world.sendToEnd({ body: 'Hi', validityPeriod })).toMatchObject({ status: 'delivered' });
    });

    it.each(['0', '-1', '36001', '1.5', 'soon'])('a ValidityPeriod of %j is refused', async (validityPeriod) => {
      const sending = world.send({ body: 'Hi', validityPeriod: validityPeriod as unknown as number });
      expect(await refusalOf(sending)).toEqual([400, 21624]);
    });
  });
