const EXTENSION = 0x21;
const FRAME = 0x2c;

/**
 * Whether a GIF ends in the middle of something, which decoders show as far as it goes without a word. One that ends after a frame,
 * without its trailer, is whole.
 */
export function isCutOffGif(bytes: Uint8Array): boolean {
  let at = 13 + colourTableSize(bytes[10]);
  for (;;) {
    if (bytes[at] === EXTENSION) at = afterSubBlocks(bytes, at + 2);
    else if (bytes[at] === FRAME) at = afterSubBlocks(bytes, at + 11 + colourTableSize(bytes[at + 9]));
    // The trailer, the end, or bytes that mean nothing.
    else return at > bytes.length;
  }
}

/** In bytes. @param flags of the screen or the frame that the table belongs to */
const colourTableSize = (flags = 0): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1));

/** Where a sequence of sub-blocks has ended; beyond the end of the file when that comes first. */
function afterSubBlocks(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const size = bytes[at] ?? 0;
    at += 1 + size;
    if (size === 0) return at;
  }
  return bytes.length + 1;
}
