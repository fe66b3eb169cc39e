import type { Dice } from './dice.js';

/** Letters that look like others, write backwards, stick to one another, or mean something to a program. */
export const STRANGE_TEXTS = [
  ' ',
  '\t\n\r ',
  '\u00a0',
  '\u200b\u200c\u200d\u2060\ufeff',
  '\u202etxet desrever\u202c',
  '\u2066\u2067\u2068\u2069',
  'שלום עולם',
  'مرحبا ١٢٣٤',
  'Ｈｅｌｌｏ　ｗｏｒｌｄ',
  'Неllо',
  'e\u0301\u0301\u0301\u0301',
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘',
  '👩‍👩‍👧‍👦🏳️‍🌈🇩🇪',
  '😀'.repeat(35),
  '€^{}[]~|\\',
  'ﷺ',
  '\u{10ffff}\u{1f4a9}\u{e0001}',
  '\uffff\ufffe\ufffd',
  '\u0001\u0002\u001b[31m\u007f\u0085\u2028\u2029',
  "'; DROP TABLE messages; --",
  '" OR ""="',
  '<script>alert(1)</script>',
  '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
  '${jndi:ldap://127.0.0.1/a}',
  '{{7*7}} #{7*7} <%= 7*7 %>',
  '../../../../etc/passwd',
  '%s%s%s%n %d %x',
  '$(reboot) `reboot` | reboot; reboot',
  '{"Body":"x"}',
  '__proto__',
  'a=b&c=d',
  'a;b=c',
  '%2500 100%',
  '+1+2+3',
  'null',
  'true',
  '0',
  '-1',
  '1e308',
  'NaN',
];

const ALPHABETS = ['a', 'aB3 ', '€', 'я', '😀', 'ש', 'e\u0301', '\u0001', '\r\n', '字', '👨‍👩‍👧', '&=%+;#?'];
const BOUNDARIES = [1, 2, 69, 70, 71, 134, 135, 159, 160, 161, 306, 307, 1_599, 1_600, 1_601, 1_602, 3_200];

/** Exactly so many UTF-16 units, unless the alphabet's letters do not fit; never half a letter. */
export function textOfLength(dice: Dice, units: number): string {
  const alphabet = dice.pick(ALPHABETS);
  const text = alphabet.repeat(Math.floor(units / alphabet.length));
  return text + 'x'.repeat(units - text.length);
}

/** What may be meant as a body: short, at a boundary, or strange. */
export function bodyText(dice: Dice): string {
  return dice.weighted<() => string>(
    [20, () => `Hello ${dice.digits(6)}`],
    [35, () => textOfLength(dice, dice.pick(BOUNDARIES))],
    [30, () => dice.times(1 + dice.below(4), () => dice.pick(STRANGE_TEXTS)).join(dice.pick(['', ' ', '\n']))],
    [10, () => randomText(dice, 1 + dice.below(200))],
    [2, () => ''],
    [2, () => ' '],
    [1, () => textOfLength(dice, 20_000)],
  )();
}

/** Any characters of Unicode but NUL and halves of surrogate pairs. */
export function randomText(dice: Dice, count: number): string {
  return dice
    .times(count, () => {
      const point = dice.weighted<() => number>(
        [4, () => 1 + dice.below(0x7f)],
        [2, () => 0x80 + dice.below(0x780)],
        [2, () => 0x800 + dice.below(0xd000)],
        [1, () => 0xe000 + dice.below(0x2000)],
        [1, () => 0x10000 + dice.below(0x100000)],
      )();
      return String.fromCodePoint(point);
    })
    .join('');
}
