import { afterAll, describe, expect, it } from '@jest/globals';
import { HEART } from './pictures.js';
import { refusalOf, type World } from './world.js';

/** Its carrier has no MMS. */
const TEXT_ONLY = '+15005552011';
const LINK = /^(?<text>.*?) ?(?<link>https?:\/\/[^/ ]+\/[A-Za-z0-9]{7})$/s;

/** An MMS to a phone without MMS goes as an SMS with a link. */
export const mmsFallbackRules = (world: World) =>
  describe('an MMS to a phone without MMS', () => {
    const sendTo = (message: { body?: string; mediaUrl: string[] }) => world.sendToEnd({ to: TEXT_ONLY, ...message });
    const linkOn = async (message: { sid: string; to: string }) => {
      const { body, media, numSegments } = await world.onHandset(message);
      expect(media).toEqual([]);
      const { text, link } = LINK.exec(body)!.groups as { text: string; link: string };
      return { body, text, link, numSegments };
    };
    const switchFallback = (isOn: boolean) =>
      world.raw('.json', { method: 'POST', body: new URLSearchParams({ MmsFallback: String(isOn) }) });

    afterAll(() => switchFallback(true));

    it('arrives as the body, a space and a link of seven characters, which serves the picture', async () => {
      const message = await sendTo({ body: 'I love you <3', mediaUrl: [world.files.url('/heart.png')] });
      expect(message.sid).toMatch(/^MM/);
      expect(message).toMatchObject({ status: 'delivered', numSegments: '1', price: '-0.00750', numMedia: '1' });
      const { body, text, link } = await linkOn(message);
      expect(body).toBe(`I love you <3 ${link}`);
      expect(text).toBe('I love you <3');
      const picture = await fetch(link);
      expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/png']);
      expect(Buffer.from(await picture.arrayBuffer()).equals(HEART)).toBe(true);
    });

    it('is the link alone where there is no body', async () => {
      const { body, link } = await linkOn(await sendTo({ mediaUrl: [world.files.url('/heart.png')] }));
      expect(body).toBe(link);
    });

    it('is charged as an SMS, by the segments that body and link take', async () => {
      const message = await sendTo({ body: 'a'.repeat(160), mediaUrl: [world.files.url('/heart.png')] });
      expect(message).toMatchObject({ numSegments: '2', price: '-0.01500' });
      expect((await linkOn(message)).numSegments).toBe(2);
    });

    it('shows several media on one page, until they are deleted', async () => {
      const mediaUrl = ['/heart.png', '/large.jpg'].map((path) => world.files.url(path));
      const message = await sendTo({ body: 'Two', mediaUrl });
      const { link } = await linkOn(message);
      const page = await fetch(link);
      expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)]);
      const html = await page.text();
      expect(html).toContain('name="viewport"');
      const pictures = [...html.matchAll(/<img[^>]* src="([^"]+)"/g)].map(([, src]) => new URL(src!, link));
      expect(pictures).toHaveLength(2);
      for (const picture of pictures) expect((await fetch(picture)).headers.get('content-type')).toMatch(/^image\//);
      const { media } = world.client.messages(message.sid);
      for (const { sid } of await media.list()) await media(sid).remove();
      expect((await fetch(link)).status).toBe(410);
    });

    it('has a link of its own each time, and one that was never given is not found', async () => {
      const mediaUrl = [world.files.url('/heart.png')];
      const links = await Promise.all(
        [sendTo({ mediaUrl }), sendTo({ mediaUrl })].map(async (m) => (await linkOn(await m)).link),
      );
      expect(new Set(links).size).toBe(2);
      expect((await fetch(links[0]!.replace(/.{7}$/, 'AAAAAAA'))).status).toBe(404);
    });

    it('is refused where the account switched that off, and to other phones goes as ever', async () => {
      expect((await switchFallback(false)).body).toMatchObject({ mms_fallback: false });
      const mediaUrl = [world.files.url('/heart.png')];
      expect(await refusalOf(world.send({ to: TEXT_ONLY, mediaUrl }))).toEqual([400, 21612]);
      const toOthers = await world.sendToEnd({ mediaUrl });
      expect((await world.onHandset(toOthers)).media).toHaveLength(1);
      expect((await sendToSms(world)).status).toBe('delivered');
      expect((await switchFallback(true)).body).toMatchObject({ mms_fallback: true });
      expect((await sendTo({ mediaUrl })).status).toBe('delivered');
    });
  });

const sendToSms = (world: World) => world.sendToEnd({ to: TEXT_ONLY, body: 'Hi' });
