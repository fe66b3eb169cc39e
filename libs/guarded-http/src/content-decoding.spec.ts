import { describe, expect, it } from '@jest/globals';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { decodeBody } from './content-decoding.js';

const text = Buffer.from('<Response><Message>Ahoy</Message></Response>'.repeat(20));
const whole = { isCut: false, limitBytes: 1_000_000 };
/** The best quality, which is the default, takes seconds for a bomb. */
const brotli = (body: Buffer) => brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
const encoders = { gzip: gzipSync, 'x-gzip': gzipSync, deflate: deflateSync, br: brotli };
const zeros = Buffer.alloc(10_000_000);

describe('a body', () => {
  it.each(Object.entries(encoders))('in %s is decoded', async (coding, encode) => {
    expect(await decodeBody(encode(text), coding, whole)).toEqual({ kind: 'decoded', body: text, isCut: false });
    expect(await decodeBody(encode(text), ` ${coding.toUpperCase()}, identity`, whole)).toMatchObject({ body: text });
  });

  it('in raw deflate is decoded, too', async () => {
    expect(await decodeBody(deflateRawSync(text), 'deflate', whole)).toMatchObject({ body: text });
  });

  it('in two codings is decoded, in more is not', async () => {
    const twice = gzipSync(brotli(text));
    expect(await decodeBody(twice, 'br, gzip', whole)).toMatchObject({ body: text });
    expect(await decodeBody(gzipSync(twice), 'br, gzip, gzip', whole)).toEqual({
      kind: 'undecodable',
      code: 'UNKNOWN_CONTENT_ENCODING',
    });
  });

  it('without coding, or empty, stays as it is', async () => {
    expect(await decodeBody(text, '', whole)).toMatchObject({ body: text });
    expect(await decodeBody(text, 'identity', whole)).toMatchObject({ body: text });
    expect(await decodeBody(Buffer.alloc(0), 'gzip', whole)).toMatchObject({ kind: 'decoded', body: Buffer.alloc(0) });
  });

  it.each(Object.entries(encoders))(
    'in %s of which the end is missing is no body, unless it was cut by us',
    async (coding, encode) => {
      const random = Buffer.from(Array.from({ length: 30_000 }, (_, i) => (i * i * 7919) % 251));
      const encoded = encode(random);
      const beginning = encoded.subarray(0, Math.floor(encoded.length / 2));
      expect(await decodeBody(beginning, coding, whole)).toEqual({ kind: 'undecodable', code: 'BAD_CONTENT_ENCODING' });
      const cut = await decodeBody(beginning, coding, { ...whole, isCut: true });
      expect(cut).toMatchObject({ kind: 'decoded', isCut: true });
      if (cut.kind === 'decoded') expect(cut.body).toEqual(random.subarray(0, cut.body.length));
    },
  );

  it('that is not what it says, or is in something unknown, is no body', async () => {
    for (const coding of ['gzip', 'br', 'deflate'])
      expect(await decodeBody(text, coding, whole)).toMatchObject({ kind: 'undecodable' });
    expect(await decodeBody(text, 'zstd', whole)).toMatchObject({ code: 'UNKNOWN_CONTENT_ENCODING' });
  });
});

describe('a bomb', () => {
  it.each(Object.entries(encoders))('in %s goes off no further than the limit', async (coding, encode) => {
    const bomb = encode(zeros);
    expect(bomb.length).toBeLessThan(20_000);
    const decoded = await decodeBody(bomb, coding, { isCut: false, limitBytes: 100_000 });
    expect(decoded).toEqual({ kind: 'decoded', body: Buffer.alloc(100_000), isCut: true });
  });

  it('is not even looked at beyond the limit', async () => {
    // A second member that is no gzip after its header: whoever decodes as far as that stumbles.
    const broken = Buffer.concat([gzipSync(zeros), gzipSync(text).fill(0xff, 10)]);
    expect(await decodeBody(broken, 'gzip', { isCut: false, limitBytes: 100_000 })).toMatchObject({ isCut: true });
    const further = { isCut: false, limitBytes: zeros.length + text.length };
    expect(await decodeBody(broken, 'gzip', further)).toMatchObject({ code: 'BAD_CONTENT_ENCODING' });
  });

  it('in a bomb is not decoded beyond the limit in between', async () => {
    const bomb = gzipSync(gzipSync(zeros));
    const decoded = await decodeBody(bomb, 'gzip, gzip', { isCut: false, limitBytes: 10_000 });
    expect(decoded).toMatchObject({ kind: 'decoded', isCut: true });
    if (decoded.kind === 'decoded') expect(decoded.body.length).toBeLessThanOrEqual(10_000);
  });
});
