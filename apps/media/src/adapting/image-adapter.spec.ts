import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';
import { gifOf, hollowGifOf, jpegOf, look, opaquePngOf, plainPngOf, transparentPngOf } from '../testing/pictures.js';
import { ImageAdapter } from './image-adapter.js';
import type { Adaptation, Picture } from './picture.js';

const MEBIBYTE = 1_024 * 1_024;
/** Those of a carrier of small pictures. */
const SMALL = { maxBytes: 100_000, maxWidthPx: 640, maxHeightPx: 480 };
const adapter = new ImageAdapter(2, 20_000, 5 * MEBIBYTE);

const adapt = async (picture: Picture, limits: typeof SMALL | null): Promise<Adaptation> =>
  (await adapter.adaptAll('owner', [picture], limits))[0]!;
const adapted = async (picture: Picture, limits = SMALL) => {
  const adaptation = await adapt(picture, limits);
  if (adaptation.kind !== 'adapted') throw new Error(JSON.stringify(adaptation));
  expect(adaptation.picture.bytes.length).toBeLessThanOrEqual(limits.maxBytes);
  return { ...(await look(adaptation.picture)), ...adaptation.picture };
};

describe('a picture that fits', () => {
  it.each([
    ['jpeg', () => jpegOf({ widthPx: 640, heightPx: 480 }), 500_000],
    ['lying jpeg', () => jpegOf({ widthPx: 400, heightPx: 600 }, 6), 500_000],
    ['png', () => transparentPngOf({ widthPx: 300, heightPx: 200 }), 500_000],
    ['animation', () => gifOf({ widthPx: 100, heightPx: 80 }, 5), 500_000],
  ])('stays as it is: %s', async (_what, make, maxBytes) => {
    expect(await adapt(await make(), { ...SMALL, maxBytes })).toEqual({ kind: 'unchanged' });
  });

  it('is any that is sound, where nothing is known of the carrier', async () => {
    expect(await adapt(await jpegOf({ widthPx: 1_000, heightPx: 1_500 }), null)).toEqual({ kind: 'unchanged' });
  });

  it('is one of exactly the limits', async () => {
    const picture = await jpegOf({ widthPx: 64, heightPx: 48 });
    const limits = { maxBytes: picture.bytes.length, maxWidthPx: 64, maxHeightPx: 48 };
    expect(await adapt(picture, limits)).toEqual({ kind: 'unchanged' });
    for (const narrower of [{ maxBytes: limits.maxBytes - 1 }, { maxWidthPx: 63 }, { maxHeightPx: 47 }])
      expect((await adapt(picture, { ...limits, ...narrower })).kind).toBe('adapted');
  });
});

describe('a jpeg', () => {
  it('of a camera fits in size and in bytes, in its proportions', async () => {
    const picture = await jpegOf({ widthPx: 2_000, heightPx: 1_500 });
    expect(picture.bytes.length).toBeGreaterThan(MEBIBYTE);
    const { format, width, height } = await adapted(picture);
    expect([format, width, height]).toEqual(['jpeg', 640, 480]);
  });

  it('is stood upright before it is measured', async () => {
    // 1600 wide and 1200 high as stored, which is 1200 wide and 1600 high to whoever looks at it.
    const { width, height, orientation } = await adapted(await jpegOf({ widthPx: 1_600, heightPx: 1_200 }, 6));
    expect([width, height, orientation]).toEqual([360, 480, undefined]);
  });

  it('loses quality first, and then size', async () => {
    const picture = await jpegOf({ widthPx: 640, heightPx: 480 });
    const { width } = await adapted(picture, { ...SMALL, maxBytes: Math.floor(picture.bytes.length / 3) });
    expect(width).toBe(640);
    const { width: narrower, height } = await adapted(picture, { ...SMALL, maxBytes: 10_000 });
    expect(narrower).toBeLessThan(400);
    expect(narrower).toBeGreaterThan(50);
    expect(narrower / height).toBeCloseTo(4 / 3, 1);
  });

  it('that cannot be made to fit is refused with 11751', async () => {
    expect(await adapt(await jpegOf({ widthPx: 640, heightPx: 480 }), { ...SMALL, maxBytes: 100 })).toEqual({
      kind: 'refused',
      errorCode: 11751,
      problem: "cannot be made small enough for the recipient's carrier, which takes 100 bytes",
    });
  });

  it('is never made longer than phones show, whatever a carrier takes', async () => {
    const picture = plainPngOf({ widthPx: 8_192, heightPx: 101 });
    const { width, height } = await adapted(picture, { maxBytes: MEBIBYTE, maxWidthPx: 100_000, maxHeightPx: 100 });
    expect([width, height]).toEqual([4_096, 51]);
  });

  it('is never made larger than a media may be, whatever a carrier takes', async () => {
    const small = new ImageAdapter(1, 20_000, 50_000);
    const [adaptation] = await small.adaptAll('owner', [await jpegOf({ widthPx: 800, heightPx: 600 })], {
      maxBytes: 100 * MEBIBYTE,
      maxWidthPx: 700,
      maxHeightPx: 10_000,
    });
    expect(adaptation).toMatchObject({ kind: 'adapted' });
    if (adaptation?.kind === 'adapted') expect(adaptation.picture.bytes.length).toBeLessThanOrEqual(50_000);
  });
});

describe('a png', () => {
  it('stays one, and stays transparent, where that fits', async () => {
    const picture = await transparentPngOf({ widthPx: 400, heightPx: 300 });
    const result = await adapted(picture, { maxBytes: 60_000, maxWidthPx: 100, maxHeightPx: 100 });
    expect(result).toMatchObject({ contentType: 'image/png', format: 'png', width: 100, height: 75, isOpaque: false });
  });

  it('gives up colours before what is transparent', async () => {
    const picture = await transparentPngOf({ widthPx: 300, heightPx: 200 });
    const result = await adapted(picture, { ...SMALL, maxBytes: Math.floor(picture.bytes.length / 2) });
    expect(result).toMatchObject({ format: 'png', width: 300, isOpaque: false });
  });

  it('becomes a jpeg on white where it is too large', async () => {
    const result = await adapted(await transparentPngOf({ widthPx: 600, heightPx: 400 }), {
      ...SMALL,
      maxBytes: 50_000,
    });
    expect(result).toMatchObject({ contentType: 'image/jpeg', format: 'jpeg' });
    const corner = await sharp(result.bytes).extract({ left: 5, top: 5, width: 20, height: 20 }).raw().toBuffer();
    expect(Math.min(...corner)).toBeGreaterThan(240);
  });

  it('without transparency becomes a jpeg where it is too large', async () => {
    const result = await adapted(await opaquePngOf({ widthPx: 800, heightPx: 600 }));
    expect(result).toMatchObject({ contentType: 'image/jpeg', format: 'jpeg', width: 640, height: 480 });
  });
});

describe('an animated gif', () => {
  it('keeps moving where it can be made small enough', async () => {
    const picture = await gifOf({ widthPx: 240, heightPx: 120 }, 5);
    const result = await adapted(picture, { ...SMALL, maxBytes: 60_000 });
    expect(result).toMatchObject({ contentType: 'image/gif', frameCount: 5, delay: [100, 200, 300, 400, 500] });
    expect(result.width / result.height).toBeCloseTo(2, 1);
    const narrower = await adapted(picture, { maxBytes: MEBIBYTE, maxWidthPx: 120, maxHeightPx: 120 });
    expect(narrower).toMatchObject({ width: 120, height: 60, frameCount: 5 });
  });

  it('shows its first frame at last', async () => {
    const result = await adapted(await gifOf({ widthPx: 200, heightPx: 100 }, 6), { ...SMALL, maxBytes: 8_000 });
    expect(result).toMatchObject({ frameCount: 1 });
    expect(result.width).toBeGreaterThan(64);
  });
});

describe('a picture that is not what it seems is refused with 12300', () => {
  const refusedWith = (problem: RegExp) => ({
    kind: 'refused',
    errorCode: 12300,
    problem: expect.stringMatching(problem),
  });
  const half = ({ contentType, bytes }: Picture) => ({ contentType, bytes: bytes.subarray(0, bytes.length / 2) });

  it.each([
    ['jpeg', () => jpegOf({ widthPx: 100, heightPx: 100 }), /its content cannot be decoded/],
    ['png', () => opaquePngOf({ widthPx: 100, heightPx: 100 }), /its content cannot be decoded/],
    ['gif', () => gifOf({ widthPx: 100, heightPx: 100 }, 4), /is cut off/],
  ])('a %s that is cut off', async (_what, make, problem) => {
    const picture = await make();
    for (const limits of [SMALL, null]) expect(await adapt(half(picture), limits)).toEqual(refusedWith(problem));
  });

  it('a png whose pixels are damaged', async () => {
    const { contentType, bytes } = await opaquePngOf({ widthPx: 100, heightPx: 100 });
    const middle = Math.floor(bytes.length / 2);
    bytes.fill(7, middle, middle + 20);
    expect(await adapt({ contentType, bytes }, null)).toEqual(refusedWith(/cannot be decoded/));
  });

  it('a header and nothing else', async () => {
    const { contentType, bytes } = await opaquePngOf({ widthPx: 10, heightPx: 10 });
    expect(await adapt({ contentType, bytes: bytes.subarray(0, 33) }, null)).toEqual(refusedWith(/cannot be decoded/));
  });

  it('one that unfolds to far more than its file, before it is unfolded', async () => {
    const bomb = plainPngOf({ widthPx: 20_000, heightPx: 20_000 });
    expect(bomb.bytes.length).toBeLessThan(MEBIBYTE / 10);
    for (const limits of [SMALL, null])
      expect(await adapt(bomb, limits)).toEqual(refusedWith(/^has more than 67108864 pixels$/));
    expect((await adapt(plainPngOf({ widthPx: 8_192, heightPx: 100 }), SMALL)).kind).toBe('adapted');
  });

  it('an animation whose frames together are far more than its file', async () => {
    expect(await adapt(hollowGifOf({ widthPx: 2_000, heightPx: 2_000 }, 3), null)).toEqual({ kind: 'unchanged' });
    for (const limits of [SMALL, null])
      expect(await adapt(hollowGifOf({ widthPx: 2_000, heightPx: 2_000 }, 34), limits)).toEqual(
        refusedWith(/^has more than 134217728 pixels in all its frames$/),
      );
  });

  it('an animation of more frames than anybody looks at', async () => {
    const most = hollowGifOf({ widthPx: 1, heightPx: 1 }, 5_000);
    expect(await adapt(most, null)).toEqual({ kind: 'unchanged' });
    for (const limits of [SMALL, null])
      expect(await adapt(hollowGifOf({ widthPx: 1, heightPx: 1 }, 200_000), limits)).toEqual(
        refusedWith(/^has more than 5000 frames$/),
      );
  });

  it('something that claims to be larger than there can be', async () => {
    const { contentType, bytes } = await opaquePngOf({ widthPx: 10, heightPx: 10 });
    bytes.writeUInt32BE(0x7fffffff, 16);
    expect(await adapt({ contentType, bytes }, null)).toMatchObject({ kind: 'refused', errorCode: 12300 });
  });
});

describe('the time for pictures', () => {
  it('is bounded for all of a message together', async () => {
    const large = await jpegOf({ widthPx: 1_600, heightPx: 1_200 });
    const hurried = new ImageAdapter(1, 300, 5 * MEBIBYTE);
    const adaptations = await hurried.adaptAll('owner', Array<Picture>(20).fill(large), SMALL);
    expect(adaptations.at(-1)).toEqual({ kind: 'overloaded' });
    // The core is free again for the next message.
    expect(await hurried.adaptAll('owner', [await jpegOf({ widthPx: 8, heightPx: 8 })], SMALL)).toEqual([
      { kind: 'unchanged' },
    ]);
  });
});
