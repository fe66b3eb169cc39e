import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { GSM7_BASIC, GSM7_ESCAPE, GSM7_EXTENSION, SEPTETS_BY_CHAR_CODE } from './gsm7-alphabet.js';
import { countSegments, SEGMENT_LIMITS, segmentText } from './segmentation.js';

const a = (times: number) => 'a'.repeat(times);
const euro = (times: number) => '€'.repeat(times);
const ya = (times: number) => 'я'.repeat(times);
const grin = (times: number) => '😀'.repeat(times);

describe('the GSM-7 alphabet', () => {
  it('has its characters at the places of 3GPP TS 23.038', () => {
    expect(GSM7_BASIC).toHaveLength(128);
    const places = { '@': 0x00, '\n': 0x0a, '\r': 0x0d, Δ: 0x10, Ξ: 0x1a, É: 0x1f, '¤': 0x24, '¡': 0x40, '§': 0x5f };
    for (const [character, code] of Object.entries(places)) expect(GSM7_BASIC.indexOf(character)).toBe(code);
    expect(GSM7_BASIC.charCodeAt(0x7f)).toBe('à'.charCodeAt(0));
    expect(GSM7_BASIC.charCodeAt(GSM7_ESCAPE)).toBe(0x1b);
  });

  it('counts 127 characters as one septet, ten as two, and no other', () => {
    expect(SEPTETS_BY_CHAR_CODE.filter((cost) => cost === 1)).toHaveLength(127);
    expect(SEPTETS_BY_CHAR_CODE.filter((cost) => cost === 2)).toHaveLength(GSM7_EXTENSION.size);
    expect(GSM7_EXTENSION.size).toBe(10);
  });

  it.each(['`', 'ç', '\t', '\u00a0', '“', '–', '…', '\u001b'])('cannot write %j', (character) => {
    expect(countSegments(character)).toEqual({ encoding: 'ucs2', count: 1 });
  });
});

describe('segment counts', () => {
  it.each([
    ['', 'gsm7', 1],
    [a(160), 'gsm7', 1],
    [a(161), 'gsm7', 2],
    [a(306), 'gsm7', 2],
    [a(307), 'gsm7', 3],
    [euro(80), 'gsm7', 1],
    [euro(81), 'gsm7', 2],
    [euro(152), 'gsm7', 2],
    [euro(153), 'gsm7', 3],
    [`${a(152)}€${a(151)}`, 'gsm7', 2],
    [`${a(152)}€${a(152)}`, 'gsm7', 3],
    [ya(70), 'ucs2', 1],
    [ya(71), 'ucs2', 2],
    [ya(134), 'ucs2', 2],
    [ya(135), 'ucs2', 3],
    [grin(35), 'ucs2', 1],
    [grin(36), 'ucs2', 2],
    [grin(66), 'ucs2', 2],
    [grin(67), 'ucs2', 3],
    [`${ya(66)}😀${ya(66)}`, 'ucs2', 3],
    [a(1600), 'gsm7', 11],
    [ya(1600), 'ucs2', 24],
  ])('vector %#', (body, encoding, count) => {
    expect(countSegments(body)).toEqual({ encoding, count });
    expect(segmentText(body)).toMatchObject({ encoding, segments: { length: count } });
  });

  it('keeps pairs whole', () => {
    expect(segmentText(`${a(152)}€${a(151)}`).segments).toEqual([a(152), `€${a(151)}`]);
    expect(segmentText(`${ya(66)}😀${ya(66)}`).segments).toEqual([ya(66), `😀${ya(65)}`, 'я']);
    expect(segmentText(grin(67)).segments.map((segment) => segment.length)).toEqual([66, 66, 2]);
  });
});

describe('any text', () => {
  const plain = fc.constantFrom(...'aZ0 @£Δ\n', ...GSM7_EXTENSION.keys());
  const wide = fc.oneof(plain, fc.constantFrom('я', '`', '😀', '漢'), fc.string({ unit: 'binary', maxLength: 1 }));
  const body = fc.oneof(
    fc.array(plain, { maxLength: 700 }).map((characters) => characters.join('')),
    fc.array(wide, { maxLength: 350 }).map((characters) => characters.join('')),
    fc.array(fc.nat(0xffff), { maxLength: 200 }).map((units) => String.fromCharCode(...units)),
  );
  const unitsIn = (segment: string, encoding: 'gsm7' | 'ucs2') =>
    encoding === 'ucs2'
      ? segment.length
      : [...segment].reduce((sum, character) => sum + (GSM7_EXTENSION.has(character) ? 2 : 1), 0);

  it('is the sum of its segments', () => {
    fc.assert(fc.property(body, (text) => segmentText(text).segments.join('') === text));
  });

  it('has no segment over its limit, none empty but that of an empty body, and no cut surrogate pair', () => {
    fc.assert(
      fc.property(body, (text) => {
        const { encoding, segments } = segmentText(text);
        const { single, joined } = SEGMENT_LIMITS[encoding];
        const limit = segments.length === 1 ? single : joined;
        for (const segment of segments) expect(unitsIn(segment, encoding)).toBeLessThanOrEqual(limit);
        expect(segments.every((segment) => segment !== '')).toBe(text !== '');
        for (let index = 1; index < segments.length; index++) {
          const cut = segments[index - 1].slice(-1) + segments[index].slice(0, 1);
          expect(cut).not.toMatch(/^[\ud800-\udbff][\udc00-\udfff]$/);
        }
      }),
    );
  });

  it('has no segment that ends within an escape pair', () => {
    const septetsOf = (text: string) =>
      [...text].flatMap((character) => {
        const code = GSM7_EXTENSION.get(character);
        return code === undefined ? [GSM7_BASIC.indexOf(character)] : [GSM7_ESCAPE, code];
      });
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 700 }), (characters) => {
        const text = characters.join('');
        const segments = segmentText(text).segments.map(septetsOf);
        expect(segments.flat()).toEqual(septetsOf(text));
        for (const septets of segments) expect(septets.at(-1)).not.toBe(GSM7_ESCAPE);
      }),
    );
  });

  it('is filled greedily: the first character of a segment had no room in the one before', () => {
    fc.assert(
      fc.property(body, (text) => {
        const { encoding, segments } = segmentText(text);
        for (let index = 1; index < segments.length; index++) {
          const [first] = segments[index];
          const extended = segments[index - 1] + first;
          expect(unitsIn(extended, encoding)).toBeGreaterThan(SEGMENT_LIMITS[encoding].joined);
        }
      }),
    );
  });

  it('is counted as it is segmented', () => {
    fc.assert(
      fc.property(body, (text) => {
        const { encoding, segments } = segmentText(text);
        expect(countSegments(text)).toEqual({ encoding, count: segments.length });
      }),
    );
  });

  it('never needs fewer segments when it grows', () => {
    fc.assert(
      fc.property(body, body, (text, more) => {
        expect(countSegments(text + more).count).toBeGreaterThanOrEqual(countSegments(text).count);
        expect(countSegments(text + more).count).toBeGreaterThanOrEqual(countSegments(more).count);
      }),
    );
  });
});
