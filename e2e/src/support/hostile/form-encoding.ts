import type { Dice } from './dice.js';
import type { Field } from './attempt.js';

type EncodeText = (text: string) => string;

const percent = (byte: number, isUpper = true): string => {
  const hex = byte.toString(16).padStart(2, '0');
  return `%${isUpper ? hex.toUpperCase() : hex}`;
};
const byteByByte = (text: string, encodeByte: (byte: number) => string): string =>
  [...Buffer.from(text, 'utf8')].map(encodeByte).join('');

/** Each writes the same text, as the WHATWG URL standard (section 5.1) reads it. */
const WAYS: readonly EncodeText[] = [
  (text) => encodeURIComponent(text).replaceAll('%20', '+'),
  (text) => encodeURIComponent(text),
  (text) => encodeURIComponent(text).replaceAll('*', '%2A').replaceAll('.', '%2e'),
  (text) => byteByByte(text, (byte) => percent(byte)),
  (text) => byteByByte(text, (byte) => percent(byte, false)),
  // Only what would end a part of the form.
  (text) => text.replace(/[%&=+]/g, (character) => percent(character.charCodeAt(0))),
];

/** The parameters as a form, in one of the ways in which a form may be written. */
export function encodeForm(dice: Dice, fields: readonly Field[]): Buffer {
  const encode = dice.weighted<EncodeText>([60, WAYS[0]!], ...WAYS.slice(1).map((way) => [7, way] as const), [
    5,
    (text) => dice.pick(WAYS)(text),
  ]);
  const pairs = fields.map(([name, value]) =>
    value === '' && dice.percent(30) ? encode(name) : `${encode(name)}=${encode(value)}`,
  );
  const [before, between, after] = dice.weighted(
    [90, ['', '&', '']],
    [5, ['&&', '&', '&']],
    [5, ['', '&&&', '&&']],
  ) as string[];
  return Buffer.from(`${before}${pairs.join(between)}${after}`, 'utf8');
}

const UNREADABLE: readonly Buffer[] = [
  '&X=%',
  '&X=%4',
  '&X=%zz',
  '&%zz=x',
  '&X=%u0041',
  '&X=% 41',
  '&X=%ff',
  '&X=%C3',
  '&X=%C3%28',
  '&X=%C0%80',
  '&X=%E0%80%80',
  '&X=%ED%A0%80',
  '&X=%ED%A0%BD%ED%B8%80',
  '&X=%F4%90%80%80',
  '&X=%F8%88%80%80%80',
  '&X=%00',
  '&X%00=x',
  '&X=a\0b',
  '\0',
]
  .map((text) => Buffer.from(text, 'latin1'))
  .concat(
    [[0xff], [0xfe, 0xff], [0x26, 0x58, 0x3d, 0xc3], [0xed, 0xa0, 0x80], [0xc0, 0xaf], [0x80]].map((bytes) =>
      Buffer.from(bytes),
    ),
  );

/** The form, with something in it that nobody can decode; at its end, at its start, or in the middle of it where it is not cut through. */
export function makeUnreadable(dice: Dice, form: Buffer): Buffer {
  const poison = dice.pick(UNREADABLE);
  return dice.percent(80) ? Buffer.concat([form, poison]) : Buffer.concat([poison, Buffer.from('&'), form]);
}
