import { describe, expect, it } from '@jest/globals';
import {
  applyKeyword,
  classifyKeyword,
  KEYWORD_ANSWER_REST_MS,
  type KeywordClass,
  NO_OPT_OUT,
  type OptOut,
} from './opt-out.js';

const WORDS: Record<KeywordClass, string[]> = {
  stop: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT'],
  start: ['START', 'YES', 'UNSTOP'],
  help: ['HELP', 'INFO'],
};
const ALL = Object.entries(WORDS).flatMap(([keywordClass, words]) =>
  words.map((word) => [word, keywordClass] as const),
);
/** The same series on every run. */
function* randoms(seed: number): Generator<number, never> {
  for (;;) yield (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
}

describe('a message that is a keyword', () => {
  it.each(ALL)('%s means %s, in any case and with white space around it', (word, keywordClass) => {
    const random = randoms(7);
    for (let round = 0; round < 200; round++) {
      const cased = [...word].map((letter) => (random.next().value < 0.5 ? letter : letter.toLowerCase())).join('');
      const [before, after] = [0, 0].map(() =>
        Array.from(
          { length: Math.floor(random.next().value * 3) },
          () => ' \t\r\n\u00a0'[Math.floor(random.next().value * 5)],
        ).join(''),
      );
      expect(classifyKeyword(`${before}${cased}${after}`)).toBe(keywordClass);
    }
  });

  it.each(ALL)('is not one with anything beside %s', (word) => {
    for (const other of ['PLEASE', '.', '!', 'x', '\u200b', '0', 'STOP', '-'])
      for (const body of [`${word} ${other}`, `${other} ${word}`, `${word}${other}`, `${other}${word}`])
        expect([body, classifyKeyword(body)]).toEqual([body, null]);
  });

  it('is not one in look-alike letters, empty, or long', () => {
    for (const body of ['', ' ', 'ſTOP', 'ЅТОР', 'ＳＴＯＰ', 'S T O P', 'constructor', 'toString', 'x'.repeat(1_600)])
      expect(classifyKeyword(body)).toBeNull();
  });
});

describe('a keyword', () => {
  /** What a series of keywords comes to: each with when it was sent and met. */
  function afterAll(keywords: readonly (readonly [KeywordClass, sentAtMs: number, nowMs?: number])[]) {
    let optOut: OptOut = NO_OPT_OUT;
    const answers = keywords.map(([keyword, sentAtMs, nowMs = sentAtMs]) => {
      const effect = applyKeyword(optOut, keyword, { sentAtMs, nowMs });
      optOut = effect.optOut;
      return effect.answer;
    });
    return { isOptedOut: optOut.isOptedOut, answers };
  }
  const REST = KEYWORD_ANSWER_REST_MS;

  it('blocks, undoes and helps, each with its answer', () => {
    expect(afterAll([['stop', 1]])).toEqual({ isOptedOut: true, answers: ['stop'] });
    expect(
      afterAll([
        ['stop', 1],
        ['start', 2],
      ]),
    ).toEqual({ isOptedOut: false, answers: ['stop', 'start'] });
    expect(
      afterAll([
        ['stop', 1],
        ['help', 2],
      ]),
    ).toEqual({ isOptedOut: true, answers: ['stop', 'help'] });
  });

  it('that changes nothing has no answer', () => {
    expect(afterAll([['start', 1]])).toEqual({ isOptedOut: false, answers: [null] });
    expect(
      afterAll([
        ['stop', 1],
        ['stop', 1 + REST],
      ]),
    ).toEqual({ isOptedOut: true, answers: ['stop', null] });
  });

  it('is answered at most once in a while for each class, and obeyed all the same', () => {
    expect(
      afterAll([
        ['help', 0],
        ['help', REST - 1],
        ['help', REST],
        ['help', REST + 1],
      ]).answers,
    ).toEqual(['help', null, 'help', null]);
    expect(
      afterAll([
        ['stop', 0],
        ['start', 1],
        ['stop', 2],
      ]),
    ).toEqual({ isOptedOut: true, answers: ['stop', 'start', null] });
  });

  it('counts by when it was sent, in whatever order keywords are met', () => {
    const random = randoms(11);
    for (let round = 0; round < 300; round++) {
      const keywords = Array.from(
        { length: 6 },
        (_, index) => [random.next().value < 0.5 ? 'stop' : 'start', index, 100 + index] as const,
      );
      const [last] = keywords.at(-1)!;
      const shuffled = keywords.map((each) => ({ each, by: random.next().value })).sort((a, b) => a.by - b.by);
      expect(afterAll(shuffled.map(({ each }) => each)).isOptedOut).toBe(last === 'stop');
    }
  });

  it('from a clock that runs ahead does not overrule the next one', () => {
    expect(
      afterAll([
        ['start', 1_000_000, 5],
        ['stop', 6, 6],
      ]).isOptedOut,
    ).toBe(true);
  });
});
