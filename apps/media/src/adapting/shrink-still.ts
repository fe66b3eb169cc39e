import type { ImageLimits } from '@heliograph/contracts';
import type { Sharp } from 'sharp';
import { type Box, type DeadlineMs, open, openPixels, type Pixels } from './decoding.js';
import type { Picture } from './picture.js';

const JPEG_QUALITIES = [85, 75, 65, 55, 45];
/** A picture that is still too large at this length of its longer side is given up. */
const SMALLEST_PX = 16;

/**
 * Makes a still picture (or the first frame of an animation) fit: first by its format's own means at the largest size that the limits allow,
 * then as a JPEG of falling quality, then of falling size. What is transparent becomes white in a JPEG.
 * @returns null when not even a tiny one fits
 * @throws for what cannot be decoded, and when the deadline has passed
 */
export async function shrinkStill(
  picture: Picture,
  limits: ImageLimits,
  deadlineMs: DeadlineMs,
): Promise<Picture | null> {
  const box = { widthPx: limits.maxWidthPx, heightPx: limits.maxHeightPx };
  const pixels = await decodeInto(open(picture, deadlineMs, true), box);
  const again = () => openPixels(pixels, deadlineMs);
  for (const encode of await encodersOf(picture.contentType, again)) {
    const bytes = await encode(again());
    if (bytes.length <= limits.maxBytes) return { contentType: picture.contentType, bytes };
  }
  return shrinkJpeg(pixels, limits.maxBytes, deadlineMs);
}

/** The ways to keep a picture in its own format. A PNG gives up its colours only to keep what is transparent. */
async function encodersOf(contentType: string, again: () => Sharp): Promise<((image: Sharp) => Promise<Buffer>)[]> {
  if (contentType === 'image/gif') return [(image) => image.gif({ effort: 1 }).toBuffer()];
  if (contentType !== 'image/png') return [];
  const asPng = (image: Sharp) => image.png().toBuffer();
  const withPalette = (image: Sharp) => image.png({ palette: true, effort: 1 }).toBuffer();
  const { isOpaque } = await again().stats();
  return isOpaque ? [asPng] : [asPng, withPalette];
}

async function shrinkJpeg(pixels: Pixels, maxBytes: number, deadlineMs: DeadlineMs): Promise<Picture | null> {
  let { width: widthPx, height: heightPx } = pixels.info;
  while (Math.max(widthPx, heightPx) >= SMALLEST_PX) {
    let bytes: Buffer | undefined;
    const sized = await decodeInto(openPixels(pixels, deadlineMs).flatten({ background: 'white' }), {
      widthPx,
      heightPx,
    });
    for (const quality of JPEG_QUALITIES) {
      bytes = await openPixels(sized, deadlineMs).jpeg({ quality }).toBuffer();
      if (bytes.length <= maxBytes) return { contentType: 'image/jpeg', bytes };
    }
    const factor = nextFactor(maxBytes, bytes?.length ?? maxBytes);
    widthPx = Math.max(1, Math.floor(widthPx * factor));
    heightPx = Math.max(1, Math.floor(heightPx * factor));
  }
  return null;
}

/** By what the sides of a picture shrink next: its bytes go roughly with its area. */
export const nextFactor = (maxBytes: number, byteSize: number): number =>
  Math.min(0.9, Math.max(0.5, 0.95 * Math.sqrt(maxBytes / byteSize)));

const decodeInto = async (image: Sharp, { widthPx, heightPx }: Box): Promise<Pixels> =>
  image
    .resize(widthPx, heightPx, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
