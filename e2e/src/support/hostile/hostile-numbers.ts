import type { Dice } from './dice.js';
import { randomText } from './hostile-text.js';
import type { Caller } from './world.js';

const AREA_CODES = ['415', '212', '555', '416', '604'];
const COUNTRIES = ['44', '49', '33', '61', '81', '91', '852', '886', '20', '7'];
/** North Korea, satellites, networks, reserved: in nobody's price list. */
const UNPRICED = ['850', '870', '878', '881', '882', '883', '888', '800', '808', '83', '89'];
/** Phones of the simulated carrier that always end the same way. */
const SPECIAL_PHONES = ['+15005553003', '+15005553008', '+15005552000', '+15005552011', '+15005552012'];

/** A number that may be sent to. */
export function goodRecipient(dice: Dice): string {
  return dice.weighted<() => string>(
    [70, () => `+1${dice.pick(AREA_CODES)}${dice.digits(7)}`],
    [25, () => foreignRecipient(dice)],
    [5, () => dice.pick(SPECIAL_PHONES)],
  )();
}

/** One that may be sent to, outside North America. */
export const foreignRecipient = (dice: Dice): string => `+${dice.pick(COUNTRIES)}${dice.digits(9)}`;

/** What somebody could take for a number. */
export function strangeNumber(dice: Dice): string {
  const digits = `1415${dice.digits(7)}`;
  return dice.weighted<() => string>(
    [6, () => `+${1 + dice.below(9)}${dice.digits(dice.pick([0, 1, 3, 4, 5, 6, 13, 14, 15, 16, 30]))}`],
    [3, () => `+${dice.pick(UNPRICED)}${dice.digits(8)}`],
    [1, () => digits],
    [1, () => `+0${digits}`],
    [1, () => `++${digits}`],
    [1, () => `00${digits}`],
    [1, () => `-${digits}`],
    [1, () => `+${digits.slice(0, 4)}-${digits.slice(4, 7)}-${digits.slice(7)}`],
    [1, () => `(${digits.slice(1, 4)}) ${digits.slice(4)}`],
    [1, () => `${dice.pick([' ', '\t', '\n', '\u00a0', '\u200b', '\u202e', '\ufeff'])}+${digits}`],
    [1, () => `+${digits}${dice.pick([' ', '\n', '\r\n', '\u200b', ',', ';ext=1', 'x12', "'--"])}`],
    [2, () => `+${inOtherDigits(dice, digits)}`],
    [1, () => `${dice.pick(['＋', '﹢', '➕', '₊'])}${digits}`],
    [1, () => `${dice.pick(['tel:', 'sms:', 'whatsapp:', 'client:', 'messenger:', 'sip:'])}+${digits}`],
    [1, () => `+${digits.repeat(dice.pick([2, 50, 500]))}`],
    [
      1,
      () =>
        dice.pick([
          '+',
          '',
          ' ',
          '+1',
          '1e10',
          '0x1415',
          '+1.415e10',
          '70707',
          '12',
          '1234567',
          'NaN',
          '{}',
          '[]',
          '+1,+2',
        ]),
    ],
    [1, () => randomText(dice, 1 + dice.below(20))],
  )();
}

/** The same digits of another script, some or all of them. */
function inOtherDigits(dice: Dice, digits: string): string {
  const zero = dice.pick([0x660, 0x6f0, 0x966, 0xff10, 0x1d7ce, 0x2080]);
  const replaces = dice.percent(50) ? () => true : () => dice.percent(20);
  const other = digits.replace(/[0-9]/g, (digit) => (replaces() ? String.fromCodePoint(zero + Number(digit)) : digit));
  return other === digits ? String.fromCodePoint(zero + 1) + digits.slice(1) : other;
}

/** What a message may seem to be from. The pace of numbers makes those of the account rare. */
export function strangeSender(dice: Dice, caller: Caller, other: Caller): string {
  return dice.weighted<() => string>(
    [12, () => dice.pick(caller.account.phoneNumbers)],
    [6, () => dice.pick(other.account.phoneNumbers)],
    [4, () => dice.pick([...other.account.shortCodes, '70708', '7070', '123', '999999', '000000'])],
    [8, () => `+1500${dice.digits(7)}`],
    [12, () => nameLikeSender(dice)],
    [10, () => strangeNumber(dice)],
  )();
}

const NAME_LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ';

/** An alphanumeric sender ID, or nearly. */
export function nameLikeSender(dice: Dice): string {
  const name = (length: number) => dice.times(length, () => dice.pick([...NAME_LETTERS])).join('');
  return dice.weighted<() => string>(
    [10, () => name(dice.pick([1, 2, 10, 11]))],
    [3, () => name(dice.pick([12, 13, 40, 2_000]))],
    [2, () => `Shop${dice.pick(['-', '_', '&', '.', '!', 'é', '😀', '\u200b', '\n', '\t', '\u00a0', '@'])}1`],
    [1, () => dice.pick(['Ѕhор', 'Ｓｈｏｐ', 'ＡＢＣ', 'שלום', '\u202eShop', 'Straße', 'ı', 'K'])],
    [1, () => dice.pick(['12345678901', '1 2 3', '           ', '0', '99'])],
    [1, () => dice.pick(['__proto__', 'null', 'undefined', 'true', 'constructor', "a'--", 'A', ' A', 'A '])],
  )();
}
