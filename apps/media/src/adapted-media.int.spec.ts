import { deleteMedia, listMedia, type ListMediaReply } from '@heliograph/contracts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { accountSid, BootedMedia, newMessageSid, sends } from './testing/booted-media.js';
import { jpegOf, look, plainPngOf, transparentPngOf } from './testing/pictures.js';

const SMALL = { maxBytes: 100_000, maxWidthPx: 640, maxHeightPx: 480 };
const VCARD = 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada\r\nEND:VCARD\r\n';

describe('media for a carrier of small pictures', () => {
  let media: BootedMedia;
  let photo: Buffer;
  const read = async (url: string) => {
    const response = await fetch(media.served(url));
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      bytes: Buffer.from(await response.arrayBuffer()),
    };
  };

  beforeAll(async () => {
    media = await BootedMedia.start({ MEDIA_ADAPT_TIMEOUT_MS: '20s' });
    photo = (await jpegOf({ widthPx: 1_600, heightPx: 1_200 })).bytes;
    const logo = (await transparentPngOf({ widthPx: 60, heightPx: 40 })).bytes;
    media.answers = {
      '/photo.jpg': sends('image/jpg', photo),
      '/cut.jpg': sends('image/jpeg', photo.subarray(0, 50_000)),
      '/bomb.png': sends('image/png', plainPngOf({ widthPx: 20_000, heightPx: 20_000 }).bytes),
      '/logo.png': sends('image/png', logo),
      '/ada.vcf': sends('text/vcard', VCARD),
    };
  }, 60_000);
  afterAll(() => media.stop(), 60_000);
  afterEach(() => media.postgres.truncate());

  it('are handed over adapted, and kept as they were', async () => {
    const messageSid = newMessageSid();
    const stored = await media.stored(['/photo.jpg', '/logo.png', '/ada.vcf'], { messageSid, imageLimits: SMALL });
    const [handed, logo, card] = stored.media;
    const adapted = await read(handed!.url);
    expect(adapted).toMatchObject({ status: 200, type: 'image/jpeg' });
    expect(adapted.bytes.length).toBe(handed!.byteSize);
    expect(handed!.byteSize).toBeLessThanOrEqual(SMALL.maxBytes);
    expect(await look({ contentType: '', bytes: adapted.bytes })).toMatchObject({
      width: 640,
      height: 480,
    });

    const { media: listed } = await media.ask<ListMediaReply>(listMedia.subject, { accountSid, messageSid });
    expect(listed[0]).toMatchObject({ sid: handed!.sid, contentType: 'image/jpeg', byteSize: photo.length });
    expect(photo.equals((await read(listed[0]!.url)).bytes)).toBe(true);
    // What fits, and what is no picture, is handed over as it was fetched.
    expect(listed.slice(1).map(({ createdAt: _, ...each }) => each)).toEqual([logo, card]);

    await media.ask(deleteMedia.subject, { accountSid, messageSid, mediaSid: handed!.sid });
    expect([(await read(handed!.url)).status, (await read(listed[0]!.url)).status]).toEqual([404, 404]);
  });

  it('are given again as they were adapted when the request is repeated', async () => {
    const request = { messageSid: newMessageSid(), imageLimits: SMALL };
    const first = await media.stored(['/photo.jpg'], request);
    expect(await media.stored(['/photo.jpg'], request)).toEqual(first);
  });

  it('are handed over as they are where nothing is known of the carrier', async () => {
    const stored = await media.stored(['/photo.jpg']);
    expect(stored.media[0]?.byteSize).toBe(photo.length);
    expect((await fetch(media.served(stored.media[0]!.url.replace('/content/', '/adapted/')))).status).toBe(404);
  });

  it.each(['/cut.jpg', '/bomb.png'])('are refused, and nothing is kept: %s', async (path) => {
    for (const imageLimits of [SMALL, null]) {
      const reply = await media.store([`${media.originUrl}/logo.png`, media.originUrl + path], { imageLimits });
      expect(reply).toMatchObject({ kind: 'refused', errorCode: 12300, reason: expect.stringContaining(path) });
    }
    expect([await media.rowCount(), await media.rowCount('short_links')]).toEqual([0, 0]);
  });

  it('are turned away for now where there is no time to adapt them', async () => {
    await media.reboot({ MEDIA_ADAPT_TIMEOUT_MS: '100', MEDIA_ADAPT_CONCURRENCY: '1' });
    const reply = await media.store(Array<string>(10).fill(`${media.originUrl}/photo.jpg`), { imageLimits: SMALL });
    expect(reply).toEqual({ kind: 'unavailable', reason: 'pictures could not be adapted in time' });
    expect(await media.rowCount()).toBe(0);
    await media.reboot();
    await media.stored(['/photo.jpg'], { imageLimits: SMALL });
  });
});
