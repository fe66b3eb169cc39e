import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import type { Picture } from '../adapting/picture.js';

interface Size {
  widthPx: number;
  heightPx: number;
}

/** Noise: what compresses worst. */
const noise = ({ widthPx, heightPx }: Size, mean = 128) =>
  sharp({
    create: {
      width: widthPx,
      height: heightPx,
      channels: 3,
      background: 'black',
      noise: { type: 'gaussian', mean, sigma: 50 },
    },
  });

/** @param orientation as EXIF numbers it; 6 is lying on its left side */
export const jpegOf = async (size: Size, orientation = 1): Promise<Picture> => ({
  contentType: 'image/jpeg',
  bytes: await noise(size).jpeg({ quality: 95 }).withMetadata({ orientation }).toBuffer(),
});

export const opaquePngOf = async (size: Size): Promise<Picture> => ({
  contentType: 'image/png',
  bytes: await noise(size).png().toBuffer(),
});

/** Noise that is wholly transparent in its left half. */
export const transparentPngOf = async ({ widthPx, heightPx }: Size): Promise<Picture> => {
  const { data } = await noise({ widthPx, heightPx }).raw().toBuffer({ resolveWithObject: true });
  const pixels = Buffer.alloc(widthPx * heightPx * 4);
  for (let index = 0; index < widthPx * heightPx; index += 1) {
    data.copy(pixels, index * 4, index * 3, index * 3 + 3);
    pixels[index * 4 + 3] = index % widthPx < widthPx / 2 ? 0 : 255;
  }
  const bytes = await sharp(pixels, { raw: { width: widthPx, height: heightPx, channels: 4 } })
    .png()
    .toBuffer();
  return { contentType: 'image/png', bytes };
};

/** One frame is shown for 100 ms, the next for 200 ms, and so on. */
export const gifOf = async (size: Size, frameCount: number): Promise<Picture> => {
  const frames = await Promise.all(
    Array.from({ length: frameCount }, (_, index) =>
      noise(size, 60 + 20 * index)
        .png()
        .toBuffer(),
    ),
  );
  const delay = frames.map((_, index) => 100 * (index + 1));
  const image = frameCount === 1 ? sharp(frames[0]) : sharp(frames, { join: { animated: true } });
  return { contentType: 'image/gif', bytes: await image.gif({ delay, effort: 1 }).toBuffer() };
};

/** A few kilobytes that unfold, truly, to black of this size. */
export const plainPngOf = ({ widthPx, heightPx }: Size): Picture => {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    checksum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, checksum]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  header.writeUInt32BE(widthPx, 0);
  header.writeUInt32BE(heightPx, 4);
  const rows = deflateSync(Buffer.alloc((1 + Math.ceil(widthPx / 8)) * heightPx));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const bytes = Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
  return { contentType: 'image/png', bytes };
};

/** A few bytes for each frame: one pixel on a canvas of this size. (Of a canvas over 2,048 pixels wide, decoders believe nothing.) */
export const hollowGifOf = ({ widthPx, heightPx }: Size, frameCount: number): Picture => {
  const dot = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
  const frame = dot.subarray(19, -1);
  const bytes = Buffer.concat([dot.subarray(0, 19), ...Array<Buffer>(frameCount).fill(frame), dot.subarray(-1)]);
  bytes.writeUInt16LE(widthPx, 6);
  bytes.writeUInt16LE(heightPx, 8);
  return { contentType: 'image/gif', bytes };
};

/** What a reader sees: the upright size, the number of frames and their times, whether anything can be seen through. */
export const look = async ({ bytes }: Picture) => {
  const { format, autoOrient, orientation, pages = 1, delay, hasAlpha } = await sharp(bytes).metadata();
  const isOpaque = !hasAlpha || (await sharp(bytes).stats()).isOpaque;
  return { format, ...autoOrient, orientation, frameCount: pages, delay, isOpaque };
};
