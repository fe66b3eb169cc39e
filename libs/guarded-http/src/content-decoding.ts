import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';

/** A body without its Content-Encoding, or why it could not be taken off. */
export type DecodedBody =
  | { kind: 'decoded'; body: Buffer; isCut: boolean }
  | { kind: 'undecodable'; code: 'UNKNOWN_CONTENT_ENCODING' | 'BAD_CONTENT_ENCODING' };

/** Nobody has a reason for more than one; each could be a bomb. */
const MAX_CODINGS = 2;

/**
 * Takes gzip, deflate and br off, whatever was asked for: servers send them unasked. Neither the body nor anything between it and `body`
 * becomes larger than the limit, so that what is done for a bomb is bounded as well.
 * @param isCut whether `body` is only the beginning
 */
export async function decodeBody(
  body: Buffer,
  contentEncoding: string,
  { isCut, limitBytes }: { isCut: boolean; limitBytes: number },
): Promise<DecodedBody> {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS) return { kind: 'undecodable', code: 'UNKNOWN_CONTENT_ENCODING' };
  let decoded = { body, isCut };
  for (const coding of codings.reverse()) {
    if (decoded.body.length === 0) break;
    const decoder = decoderOf(coding, decoded.body, decoded.isCut);
    if (decoder === undefined) return { kind: 'undecodable', code: 'UNKNOWN_CONTENT_ENCODING' };
    try {
      decoded = await run(decoder, decoded, limitBytes);
    } catch {
      return { kind: 'undecodable', code: 'BAD_CONTENT_ENCODING' };
    }
  }
  return { kind: 'decoded', ...decoded };
}

function decoderOf(coding: string, body: Buffer, isCut: boolean): Transform | undefined {
  // The end of what was cut is missing, and that is no mistake.
  const zlib = isCut ? { finishFlush: constants.Z_SYNC_FLUSH } : {};
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(zlib);
    case 'deflate':
      // RFC 9110 section 8.4.1.2: some send it without the zlib wrapper, whose first byte names method 8.
      return ((body[0] ?? 0) & 0x0f) === 8 ? createInflate(zlib) : createInflateRaw(zlib);
    case 'br':
      return createBrotliDecompress(isCut ? { finishFlush: constants.BROTLI_OPERATION_FLUSH } : {});
    default:
      return undefined;
  }
}

async function run(decoder: Transform, from: { body: Buffer; isCut: boolean }, limitBytes: number) {
  const chunks: Buffer[] = [];
  let byteSize = 0;
  decoder.end(from.body);
  for await (const chunk of decoder as AsyncIterable<Buffer>) {
    byteSize += chunk.length;
    chunks.push(chunk);
    if (byteSize > limitBytes) break;
  }
  return { body: Buffer.concat(chunks).subarray(0, limitBytes), isCut: from.isCut || byteSize > limitBytes };
}
