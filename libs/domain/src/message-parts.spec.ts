import { describe, expect, it } from '@jest/globals';
import {
  beginMessage,
  joinParts,
  type MessagePart,
  missingParts,
  type PartialMessage,
  placePart,
} from './message-parts.js';

const partsOf = (bodies: readonly string[]): MessagePart[] =>
  bodies.map((body, index) => ({ number: index + 1, count: bodies.length, body }));

/** What comes of parts in the order in which they are met. */
function collect(parts: readonly MessagePart[]): { message: PartialMessage; kinds: string[] } {
  let message: PartialMessage | null = null;
  const kinds = parts.map((part) => {
    const placement = placePart(message, part);
    if (placement.kind === 'added') message = placement.message;
    if (placement.kind === 'of-another') message = beginMessage(part);
    return placement.kind;
  });
  return { message: message!, kinds };
}

describe('the parts of a message', () => {
  it('make the whole in whatever order they come, and however often', () => {
    const bodies = Array.from({ length: 11 }, (_, index) => `<${index}>`);
    let seed = 3;
    for (let round = 0; round < 200; round++) {
      const met = [...partsOf(bodies), ...partsOf(bodies)]
        .map((part) => ({ part, by: (seed = (seed * 48_271) % 2_147_483_647) }))
        .sort((a, b) => a.by - b.by)
        .map(({ part }) => part);
      const { message, kinds } = collect(met);
      expect([joinParts(message), missingParts(message)]).toEqual([bodies.join(''), 0]);
      expect(kinds.filter((kind) => kind === 'repeated')).toHaveLength(11);
    }
  });

  it('are as much as came, in order, where some are missing', () => {
    const [, second, , fourth] = partsOf(['a', 'b', 'c', 'd']);
    const { message } = collect([fourth!, second!]);
    expect([joinParts(message), missingParts(message)]).toEqual(['bd', 2]);
  });

  it.each([
    ['the same number with another text', { number: 1, count: 2, body: 'other' }],
    ['another count', { number: 2, count: 3, body: 'b' }],
  ])('belong to another message with %s', (_, part) => {
    const message = beginMessage({ number: 1, count: 2, body: 'a' });
    expect(placePart(message, part)).toEqual({ kind: 'of-another' });
  });

  it('may cut a character in two, which is whole again or shows that it was not', () => {
    const [high, low] = ['\ud83d', '\ude00'];
    const parts = partsOf([`x${high}`, `${low}y`]);
    expect(joinParts(collect(parts).message)).toBe('x😀y');
    expect(joinParts(beginMessage(parts[0]!))).toBe('x\ufffd');
    expect(joinParts(beginMessage(parts[1]!))).toBe('\ufffdy');
  });
});
