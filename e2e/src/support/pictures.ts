import sharp from 'sharp';

/** A picture that compresses as badly as any, so that it is large for its size. */
export const noisyJpeg = (widthPx: number, heightPx: number): Promise<Buffer> =>
  sharp({
    create: {
      width: widthPx,
      height: heightPx,
      channels: 3,
      background: 'black',
      noise: { type: 'gaussian', mean: 128, sigma: 50 },
    },
  })
    .jpeg({ quality: 90 })
    .toBuffer();

/** As a browser shows it. @throws for bytes that are no picture */
export async function sizeOfPicture(bytes: Buffer): Promise<{ widthPx: number; heightPx: number }> {
  const { autoOrient } = await sharp(bytes).metadata();
  return { widthPx: autoOrient.width, heightPx: autoOrient.height };
}
