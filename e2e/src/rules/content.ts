import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { HEART, PDF } from './pictures.js';
import { refusalOf, type World } from './world.js';

const SUN = '🌞';
/** Of a segment to the United States, in the example rate deck. */
const PRICE = 0.0075;

/** What a message may carry, and how much of it there is. */
export const contentRules = (world: World) =>
  describe('content', () => {
    it.each([
      ['160 letters', 'a'.repeat(160), 1],
      ['161 letters', 'a'.repeat(161), 2],
      ['306 letters', 'a'.repeat(306), 2],
      ['307 letters', 'a'.repeat(307), 3],
      ['80 euro signs, of two septets each', '€'.repeat(80), 1],
      ['81 euro signs', '€'.repeat(81), 2],
      ['70 units in UCS-2', SUN.repeat(35), 1],
      ['72 units in UCS-2', SUN.repeat(36), 2],
      ['1600 letters', 'a'.repeat(1_600), 11],
      ['800 suns, which count two each', SUN.repeat(800), 25],
    ])('%s are sent and charged as the segments that they take', async (_, body, numSegments) => {
      const message = await world.sendToEnd({ body });
      expect(message).toMatchObject({
        body,
        status: 'delivered',
        numSegments: String(numSegments),
        price: (-PRICE * numSegments).toFixed(5),
      });
      expect(await world.onHandset(message)).toMatchObject({ body, numSegments });
    });

    it.each([
      ['1601 letters', 'a'.repeat(1_601)],
      ['801 suns', SUN.repeat(801)],
    ])('%s are too much', async (_, body) => {
      expect(await refusalOf(world.send({ body }))).toEqual([400, 21617]);
    });

    it('neither Body nor MediaUrl is too little', async () => {
      expect(await refusalOf(world.send({}))).toEqual([400, 21602]);
    });

    it('ten media arrive, in their order; eleven are refused', async () => {
      const ten = Array.from({ length: 10 }, (_, n) => world.files.url(n % 2 ? '/menu.pdf' : '/heart.png'));
      const message = await world.sendToEnd({ mediaUrl: ten });
      expect(message).toMatchObject({ status: 'delivered', numMedia: '10', numSegments: '1', price: '-0.02000' });
      const { media } = await world.onHandset(message);
      expect(media.map(({ contentType }) => contentType)).toEqual(
        ten.map((_, n) => (n % 2 ? 'application/pdf' : 'image/png')),
      );
      expect(await refusalOf(world.send({ mediaUrl: [...ten, ten[0]!] }))).toEqual([400, 21623]);
    });

    it('a media of 5 MB arrives as it is; a byte more is refused', async () => {
      const message = await world.sendToEnd({ mediaUrl: [world.files.url('/largest.pdf')] });
      const [media] = (await world.onHandset(message)).media;
      expect(media).toMatchObject({ contentType: 'application/pdf', byteSize: 5 * 1024 * 1024 });
      expect(await refusalOf(world.send({ mediaUrl: [world.files.url('/too-large.pdf')] }))).toEqual([400, 11751]);
    });

    it.each([
      ['a header that does not match the bytes', '/png-as.jpg', 12300],
      ['bytes that are no picture', '/text-as.png', 12300],
      ['bytes that end too early', '/cut-off.jpg', 12300],
      ['no header', '/no-type', 12300],
      ['a type that is not on the list', '/program', 12300],
      ['a redirect to an address inside', '/moved-inside', 21620],
      ['redirects without an end', '/round', 11215],
    ])('a media with %s is refused before anything is queued', async (_, path, expected) => {
      const before = (await world.client.messages.list({ limit: 1 }))[0]?.sid;
      expect(await refusalOf(world.send({ mediaUrl: [world.files.url(path)] }))).toEqual([400, expected]);
      expect((await world.client.messages.list({ limit: 1 }))[0]?.sid).toBe(before);
    });

    it.each(['ftp://example.com/heart.png', 'heart.png', 'file:///etc/passwd', 'javascript:1'])(
      'a MediaUrl is http or https, not %j',
      async (mediaUrl) => {
        expect(await refusalOf(world.send({ mediaUrl: [mediaUrl] }))).toEqual([400, 21620]);
      },
    );

    it('redirects are followed, and credentials in the URL work', async () => {
      const withCredentials = world.files.url('/private.png').replace('http://', 'http://jenny:8675309@');
      const message = await world.sendToEnd({ mediaUrl: [world.files.url('/moved'), withCredentials] });
      for (const { url } of (await world.onHandset(message)).media) {
        expect(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(HEART)).toBe(true);
      }
      expect(await refusalOf(world.send({ mediaUrl: [world.files.url('/private.png')] }))).toEqual([400, 11200]);
    });

    it('a picture is made to fit what the carrier takes, and stays as it was for its sender; another type passes unchanged', async () => {
      const mediaUrl = [world.files.url('/large.jpg'), world.files.url('/menu.pdf')];
      const message = await world.sendToEnd({ to: '+15005552012', mediaUrl });
      const [picture, menu] = (await world.onHandset(message)).media;
      const bytes = Buffer.from(await (await fetch(picture!.url)).arrayBuffer());
      const { format, width, height } = await sharp(bytes).metadata();
      expect([format, width, height]).toEqual(['jpeg', 640, 480]);
      expect(bytes.length).toBeLessThanOrEqual(100_000);
      expect(Buffer.from(await (await fetch(menu!.url)).arrayBuffer()).equals(PDF)).toBe(true);
      const [kept] = await world.client.messages(message.sid).media.list();
      const original = await fetch(mediaUrlOf(world, message.sid, kept!.sid), { headers: world.authorization() });
      const sent = await fetch(mediaUrl[0]!);
      expect(Buffer.from(await original.arrayBuffer()).equals(Buffer.from(await sent.arrayBuffer()))).toBe(true);
    });

    it('the media of a message are listed, fetched and deleted', async () => {
      const { sid } = await world.sendToEnd({
        mediaUrl: [world.files.url('/heart.png'), world.files.url('/menu.pdf')],
      });
      const resource = world.client.messages(sid).media;
      const list = await resource.list();
      expect(list.map(({ contentType, parentSid }) => [contentType, parentSid])).toEqual([
        ['image/png', sid],
        ['application/pdf', sid],
      ]);
      const [heart, menu] = list;
      expect(await resource(heart!.sid).fetch()).toMatchObject({ sid: heart!.sid, accountSid: world.account.sid });
      const bytes = await fetch(mediaUrlOf(world, sid, heart!.sid), { headers: world.authorization() });
      expect(bytes.headers.get('content-type')).toBe('image/png');
      expect(Buffer.from(await bytes.arrayBuffer()).equals(HEART)).toBe(true);

      expect(await resource(heart!.sid).remove()).toBe(true);
      expect(await refusalOf(resource(heart!.sid).fetch())).toEqual([404, 20404]);
      expect((await fetch(mediaUrlOf(world, sid, heart!.sid), { headers: world.authorization() })).status).toBe(404);
      expect((await resource.list()).map((media) => media.sid)).toEqual([menu!.sid]);
    });
  });

const mediaUrlOf = (world: World, messageSid: string, mediaSid: string): string =>
  world.url(`/Messages/${messageSid}/Media/${mediaSid}`);
