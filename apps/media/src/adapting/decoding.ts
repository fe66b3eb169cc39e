import sharp, { type Metadata, type OutputInfo, type Sharp } from 'sharp';
import type { Picture } from './picture.js';

// One core per picture, as many pictures as ImageAdapter lets in; nothing kept from one to the next.
sharp.concurrency(1);
sharp.cache(false);
// What customers send is decoded by the three decoders that it needs, and never taken for an SVG or a PDF.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadNsgifBuffer'],
});

/** When work on a picture has to end, by `performance.now()`. */
export type DeadlineMs = number;

/** Pixels of a decoded picture, upright, in sRGB. */
export interface Pixels {
  readonly data: Buffer;
  readonly info: OutputInfo;
}

/** The size of a box that a picture is made to fit. */
export interface Box {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Reads what is said of the picture before its pixels. @throws for bytes that are no picture */
export const readMetadata = ({ bytes }: Picture): Promise<Metadata> =>
  // The pixels are counted by the caller, in words that the customer understands.
  sharp(bytes, { limitInputPixels: false }).metadata();

/**
 * Opens a picture for decoding, upright; of an animation all frames.
 * It is decoded until the deadline, rounded up to whole seconds.
 */
export const open = ({ bytes, contentType }: Picture, deadlineMs: DeadlineMs, firstFrameOnly = false): Sharp =>
  sharp(bytes, {
    animated: contentType === 'image/gif' && !firstFrameOnly,
    failOn: 'error',
    limitInputPixels: false,
  })
    .autoOrient()
    .timeout({ seconds: secondsUntil(deadlineMs) });

/** Opens pixels that were decoded before. */
export const openPixels = ({ data, info }: Pixels, deadlineMs: DeadlineMs): Sharp =>
  sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } }).timeout({
    seconds: secondsUntil(deadlineMs),
  });

/** Whether this is how a decoder says that its time was up. */
export const isTimeout = (error: unknown): boolean => error instanceof Error && error.message.startsWith('timeout');

function secondsUntil(deadlineMs: DeadlineMs): number {
  const leftMs = deadlineMs - performance.now();
  if (leftMs <= 0) throw new Error('timeout: the deadline has passed');
  return Math.ceil(leftMs / 1_000);
}
