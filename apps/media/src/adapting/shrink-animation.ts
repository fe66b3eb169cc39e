import type { ImageLimits } from '@heliograph/contracts';
import { type DeadlineMs, open } from './decoding.js';
import type { SoundPicture } from './inspect-picture.js';
import type { Picture } from './picture.js';
import { nextFactor } from './shrink-still.js';

/** More than this in all frames together takes longer than a message can wait. */
const MAX_PIXELS_KEPT_MOVING = 33_554_432;
const MAX_TRIES = 4;
/** Below this length of the longer side, the first frame at full size says more. */
const SMALLEST_PX = 64;

/**
 * Makes an animated GIF fit by making it smaller, with all its frames and their times.
 * @returns null when it does not fit within a few tries, or would be too small to be looked at
 * @throws for what cannot be decoded, and when the deadline has passed
 */
export async function shrinkAnimation(
  picture: Picture,
  { widthPx, heightPx, frameCount }: SoundPicture,
  limits: ImageLimits,
  deadlineMs: DeadlineMs,
): Promise<Picture | null> {
  if (widthPx * heightPx * frameCount > MAX_PIXELS_KEPT_MOVING) return null;
  let scale = Math.min(1, limits.maxWidthPx / widthPx, limits.maxHeightPx / heightPx);
  // What has the right size already is too large in bytes: no use in trying it again.
  if (scale === 1) scale = nextFactor(limits.maxBytes, picture.bytes.length);
  for (let tries = 0; tries < MAX_TRIES && Math.max(widthPx, heightPx) * scale >= SMALLEST_PX; tries += 1) {
    const bytes = await open(picture, deadlineMs)
      .resize(scaled(widthPx, scale), scaled(heightPx, scale), { fit: 'fill' })
      .gif({ effort: 1 })
      .toBuffer();
    if (bytes.length <= limits.maxBytes) return { contentType: 'image/gif', bytes };
    scale *= nextFactor(limits.maxBytes, bytes.length);
  }
  return null;
}

const scaled = (sidePx: number, scale: number): number => Math.max(1, Math.floor(sidePx * scale));
