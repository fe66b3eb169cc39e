import { eventually } from '@heliograph/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CallbackReceiver } from '../support/callback-receiver.js';
import { refusalOf, type World } from './world.js';

const UNREACHABLE = '+15005553003';

/** Who is told what of a message. */
export const callbacksRules = (world: World) =>
  describe('callbacks', () => {
    let ofApplication: CallbackReceiver;
    beforeAll(async () => void (ofApplication = await CallbackReceiver.start()));
    afterAll(() => ofApplication.stop());

    const newApplication = (messageStatusCallback?: string) =>
      world.client.applications.create({ friendlyName: 'Jukebox', messageStatusCallback });

    it('a StatusCallback hears sent and delivered, or undelivered with its ErrorCode', async () => {
      const statusCallback = world.receiver.url;
      const [good, bad] = await Promise.all([
        world.send({ body: 'Hi', statusCallback }),
        world.send({ body: 'Hi', to: UNREACHABLE, statusCallback }),
      ]);
      await eventually(() => expect(world.receiver.statusesOf(good.sid)).toEqual(['sent', 'delivered']));
      await eventually(() => expect(world.receiver.statusesOf(bad.sid)).toEqual(['sent', 'undelivered']));
      for (const { params } of world.receiver.of(good.sid)) {
        expect(params).toMatchObject({ MessageSid: good.sid, SmsSid: good.sid, AccountSid: world.account.sid });
        expect(params).not.toHaveProperty('ErrorCode');
      }
      expect(world.receiver.of(bad.sid).map(({ params }) => params.ErrorCode)).toEqual([undefined, '30003']);
    });

    it("an application's URL takes precedence over StatusCallback, and hears sent and failed only", async () => {
      const { sid: applicationSid } = await newApplication(ofApplication.url);
      const both = { applicationSid, statusCallback: world.receiver.url, body: 'Hi' };
      const sent = await world.sendToEnd(both);
      const undelivered = await world.sendToEnd({ ...both, to: UNREACHABLE });
      const failed = await world.sendToEnd({ ...both, maxPrice: 0.0001 });
      await eventually(() => {
        expect(ofApplication.statusesOf(sent.sid)).toEqual(['sent']);
        expect(ofApplication.statusesOf(undelivered.sid)).toEqual(['sent']);
        expect(ofApplication.statusesOf(failed.sid)).toEqual(['failed']);
      });
      // What comes after all of them would have been late for those that must not come.
      const later = await world.sendToEnd({ body: 'Hi', statusCallback: world.receiver.url });
      await eventually(() => expect(world.receiver.statusesOf(later.sid)).toEqual(['sent', 'delivered']));
      for (const { sid } of [sent, undelivered, failed]) expect(world.receiver.of(sid)).toEqual([]);
      expect(ofApplication.received).toHaveLength(3);
      expect(ofApplication.of(failed.sid)[0]!.params).toMatchObject({ MessageStatus: 'failed', ErrorCode: '30010' });
    });

    it('an application without a URL leaves StatusCallback as it is', async () => {
      const { sid: applicationSid } = await newApplication();
      const message = await world.sendToEnd({ applicationSid, statusCallback: world.receiver.url, body: 'Hi' });
      await eventually(() => expect(world.receiver.statusesOf(message.sid)).toEqual(['sent', 'delivered']));
    });

    it('applications are created, listed, fetched, updated and deleted; an unknown one is refused', async () => {
      const created = await newApplication('https://example.com/status');
      expect(created.sid).toMatch(/^AP[0-9a-f]{32}$/);
      const resource = world.client.applications(created.sid);
      expect((await world.client.applications.list()).map(({ sid }) => sid)).toContain(created.sid);
      await resource.update({ friendlyName: 'Radio', messageStatusCallback: 'https://example.com/other' });
      expect(await resource.fetch()).toMatchObject({
        friendlyName: 'Radio',
        messageStatusCallback: 'https://example.com/other',
      });
      expect(await resource.remove()).toBe(true);
      expect(await refusalOf(resource.fetch())).toEqual([404, 20404]);
      const sendWith = (applicationSid: string) => refusalOf(world.send({ applicationSid, body: 'Hi' }));
      expect(await sendWith(created.sid)).toEqual([400, 21218]);
      expect(await sendWith(`AP${'0'.repeat(32)}`)).toEqual([400, 21218]);
    });
  });
