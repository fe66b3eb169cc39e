import type { Metadata } from 'sharp';
import { isCutOffGif } from './cut-off-gif.js';
import { type DeadlineMs, isTimeout, open, readMetadata } from './decoding.js';
import type { Picture, PictureRefusal } from './picture.js';

/**
 * The most pixels of a picture: 8192 x 8192, more than phones take. A file of a few hundred kilobytes can hold any number of them, and each
 * costs up to 4 bytes while it is worked on.
 */
export const MAX_PIXELS = 67_108_864;
/** The most pixels of all frames of an animation together. */
export const MAX_ANIMATION_PIXELS = 2 * MAX_PIXELS;
/** The most frames of an animation, however small: each costs time of its own, and a few megabytes can hold hundreds of thousands. */
export const MAX_FRAMES = 5_000;

/** A picture that can be decoded from its first to its last byte. Its size is that of the upright picture. */
export interface SoundPicture {
  readonly kind: 'sound';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly frameCount: number;
}

const invalid = (problem: string): PictureRefusal => ({ kind: 'refused', errorCode: 12300, problem });

/** Looks at a picture without trusting it: first at its size, then at every pixel. @throws when the deadline has passed */
export async function inspectPicture(picture: Picture, deadlineMs: DeadlineMs): Promise<SoundPicture | PictureRefusal> {
  try {
    const sound = sizeOf(await readMetadata(picture));
    if (sound.frameCount > MAX_FRAMES) return invalid(`has more than ${MAX_FRAMES} frames`);
    const pixelCount = sound.widthPx * sound.heightPx;
    if (pixelCount > MAX_PIXELS) return invalid(`has more than ${MAX_PIXELS} pixels`);
    if (pixelCount * sound.frameCount > MAX_ANIMATION_PIXELS)
      return invalid(`has more than ${MAX_ANIMATION_PIXELS} pixels in all its frames`);
    if (picture.contentType === 'image/gif' && isCutOffGif(picture.bytes)) return invalid('is cut off');
    await decodeAll(picture, deadlineMs);
    return sound;
  } catch (error) {
    if (isTimeout(error)) throw error;
    return invalid(`has the Content-Type ${picture.contentType}, but its content cannot be decoded`);
  }
}

const sizeOf = ({ autoOrient, pages = 1 }: Metadata): SoundPicture => ({
  kind: 'sound',
  widthPx: autoOrient.width,
  heightPx: autoOrient.height,
  frameCount: pages,
});

/** A small result is enough to have everything read, and a JPEG read at an eighth of its size. */
async function decodeAll(picture: Picture, deadlineMs: DeadlineMs): Promise<void> {
  await open(picture, deadlineMs).resize(16, 16, { fit: 'inside' }).raw().toBuffer();
}
