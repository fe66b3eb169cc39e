import { describe, expect, it } from '@jest/globals';
import { JENNY, LONG_CODE, refusalOf, SHORT_CODE, type World } from './world.js';

const LONDON = '+447700900123';

/** From is an owned number, an owned short code or a name; To is E.164. */
export const sendersRules = (world: World) =>
  describe('senders', () => {
    it.each([LONG_CODE, SHORT_CODE])('an owned number or short code, as %s, is what the phone shows', async (from) => {
      const message = await world.sendToEnd({ from, body: 'Hi' });
      expect(message).toMatchObject({ from, to: JENNY, status: 'delivered' });
      expect(await world.onHandset(message)).toMatchObject({ from, body: 'Hi' });
    });

    it('a number of another account is refused in the words for one that nobody owns', async () => {
      const refusedMessage = async (from: string) => {
        const answer = await world.raw('/Messages.json', {
          method: 'POST',
          body: new URLSearchParams({ From: from, To: JENNY, Body: 'Hi' }),
        });
        expect([answer.status, answer.body.code]).toEqual([400, 21606]);
        return String(answer.body.message).replace(from, 'FROM');
      };
      const [foreign] = world.trial.phoneNumbers;
      expect(await refusedMessage(foreign!)).toBe(await refusedMessage('+14155550100'));
      expect(await refusalOf(world.send({ from: '12345', body: 'Hi' }))).toEqual([400, 21606]);
    });

    it.each(['+15558675309', '+19995550000', '+447700900123', '+8613812345678'])(
      'To may be any well-formed number, as %s',
      async (to) => {
        expect((await world.sendToEnd({ to, body: 'Hi' })).status).toBe('delivered');
      },
    );

    it.each(['', 'Jenny', '12', '+0123456789', '+1555867530912345', '+1555-CALL-ME'])(
      'To may not be %j',
      async (to) => {
        const [status, code] = await refusalOf(world.send({ to, body: 'Hi' }));
        expect([status, code]).toEqual([400, to === '' ? 21604 : 21211]);
      },
    );

    it.each(['Heliograph', 'My Shop 24', 'a', 'ABC12345678', '24 7 help'])(
      'a name, as %j, is shown as the sender where the country has such senders',
      async (from) => {
        const message = await world.sendToEnd({ from, to: LONDON, body: 'Hi' });
        expect(message).toMatchObject({ from, status: 'delivered' });
        expect(await world.onHandset(message)).toMatchObject({ from });
      },
    );

    it('a name costs what a number does', async () => {
      const [named, numbered] = await Promise.all([
        world.sendToEnd({ from: 'Heliograph', to: LONDON, body: 'Hi' }),
        world.sendToEnd({ from: LONG_CODE, to: LONDON, body: 'Hi' }),
      ]);
      expect(named.price).toBe(numbered.price);
      expect(Number(named.price)).toBeLessThan(0);
    });

    it.each(['ABC123456789', '123 456', 'Héliograph', 'Shop!', 'a_b'])('%j is no name', async (from) => {
      expect(await refusalOf(world.send({ from, to: LONDON, body: 'Hi' }))).toEqual([400, 21212]);
    });

    it.each([JENNY, '+16135550123'])('a name is refused to the United States and Canada, as %s', async (to) => {
      expect(await refusalOf(world.send({ from: 'Heliograph', to, body: 'Hi' }))).toEqual([400, 21612]);
    });

    it('a name sends no MMS', async () => {
      const mediaUrl = [world.files.url('/heart.png')];
      expect(await refusalOf(world.send({ from: 'Heliograph', to: LONDON, mediaUrl }))).toEqual([400, 21621]);
    });

    it('a name is not for trial accounts', async () => {
      const sending = world.trialClient.messages.create({ from: 'Heliograph', to: LONDON, body: 'Hi' });
      expect(await refusalOf(sending)).toEqual([400, 21212]);
    });

    it('a name cannot be answered', async () => {
      const answer = await world.fromHandset(LONDON, 'messages', { To: 'Heliograph', Body: 'Who is this?' });
      expect(answer.status).toBe(400);
    });
  });
