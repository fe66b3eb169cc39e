const GSM7_WORDS =
  'Your code is 123456. Hi! See you at 10:30, gate B. Ihre Größe: 42 £5 Ñandú £ reply STOP to end'.split(' ');
const GSM7_EXTENDED_WORDS = [...GSM7_WORDS, '25€', '[today]', '~2', 'a|b'];
const UCS2_WORDS = 'Привет как дела こんにちは 確認 “soon” — see you 😀 مرحبا'.split(' ');

/** Bodies of one kind; all different, so that nothing is gained by remembering one. */
export interface Texts {
  readonly name: string;
  readonly bodies: readonly string[];
}

const COUNT = 4_096;
const SHORT_UNITS = { gsm7: 160, ucs2: 70 };

/** Short texts of 10 units up to one segment, two in three of them GSM-7, a quarter of those with characters of two septets. */
export const shortTexts = (): Texts[] => {
  const plain = textsOf(GSM7_WORDS, 10, SHORT_UNITS.gsm7);
  const extended = textsOf(GSM7_EXTENDED_WORDS, 10, SHORT_UNITS.gsm7 - 20);
  const endedByEmoji = textsOf(GSM7_WORDS, 8, SHORT_UNITS.ucs2 - 2).map((body) => `${body}😀`);
  const ucs2 = textsOf(UCS2_WORDS, 10, SHORT_UNITS.ucs2).map((body, index) =>
    index % 2 === 0 ? body : flat(endedByEmoji[index]),
  );
  const mixed = plain.map((body, index) => {
    if (index % 3 === 2) return ucs2[index];
    return index % 4 === 0 ? extended[index] : body;
  });
  return [
    { name: 'mixed', bodies: mixed },
    { name: 'gsm7', bodies: plain },
    { name: 'ucs2', bodies: ucs2 },
  ];
};

/** The longest bodies that are taken: 1,600 units of both alphabets. */
export const longTexts = (): Texts => ({
  name: 'long',
  bodies: textsOf(GSM7_EXTENDED_WORDS, 1_600, 1_600).map((body, index) =>
    index % 3 === 2 ? flat(`я${body.slice(1)}`) : body,
  ),
});

function textsOf(words: readonly string[], minUnits: number, maxUnits: number): string[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const units = minUnits + ((index * 37) % (maxUnits - minUnits + 1));
    const body: string[] = [String(index)];
    for (let word = index, length = body[0].length; length < units; word += 7) {
      const next = words[word % words.length];
      body.push(next);
      length += 1 + next.length;
    }
    return flat(body.join(' ').slice(0, units));
  });
}

/** V8 keeps cut and joined strings as references to their parts; what comes out of a request has bytes of its own. */
const flat = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');
