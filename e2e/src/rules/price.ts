import { eventually } from '@heliograph/testing';
import { describe, expect, it } from '@jest/globals';
import { refusalOf, type World } from './world.js';

const TWO_SEGMENTS = 'a'.repeat(161);

/** What a message may cost. */
export const priceRules = (world: World) =>
  describe('price', () => {
    it.each([
      ['equal to the price of all segments', 0.015],
      ['above it', 0.0151],
    ])('a MaxPrice %s lets the message go', async (_, maxPrice) => {
      const message = await world.sendToEnd({ body: TWO_SEGMENTS, maxPrice });
      expect(message).toMatchObject({ status: 'delivered', price: '-0.01500', numSegments: '2' });
    });

    it('a MaxPrice below the price is answered 201 queued, then fails with 30010, unsent and uncharged', async () => {
      const statusCallback = world.receiver.url;
      const queued = await world.send({ body: TWO_SEGMENTS, maxPrice: 0.0149, statusCallback });
      expect(queued).toMatchObject({ status: 'queued', errorCode: null });
      const failed = await world.ended(queued);
      expect(failed).toMatchObject({ status: 'failed', errorCode: 30010 });
      expect(Number(failed.price ?? 0)).toBe(0);
      await eventually(() => expect(world.receiver.statusesOf(queued.sid)).toEqual(['failed']));
      expect(world.receiver.of(queued.sid)[0]!.params).toMatchObject({ MessageStatus: 'failed', ErrorCode: '30010' });
      expect(await world.isOnHandset(queued)).toBe(false);
    });

    it.each(['0', '-1', '0.0000', '0.00001', 'cheap', '1e-2', 'NaN'])(
      'a MaxPrice of %j is refused',
      async (maxPrice) => {
        const sending = world.send({ body: 'Hi', maxPrice: maxPrice as unknown as number });
        expect(await refusalOf(sending)).toEqual([400, 21627]);
      },
    );

    it('an MMS costs what it costs, however long its body', async () => {
      const mediaUrl = [world.files.url('/heart.png')];
      const message = await world.sendToEnd({ body: 'a'.repeat(1_000), mediaUrl, maxPrice: 0.02 });
      expect(message).toMatchObject({ status: 'delivered', numSegments: '1', price: '-0.02000' });
    });

    it('a region without a price is refused at once', async () => {
      expect(await refusalOf(world.send({ to: '+85021234567', body: 'Hi' }))).toEqual([400, 21408]);
    });

    it('another destination has its own price', async () => {
      expect(await world.sendToEnd({ to: '+447700900124', body: 'Hi' })).toMatchObject({ price: '-0.04000' });
    });
  });
