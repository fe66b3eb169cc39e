import type { Field } from './attempt.js';
import type { Dice } from './dice.js';
import { foreignRecipient, goodRecipient, nameLikeSender, strangeNumber, strangeSender } from './hostile-numbers.js';
import { bodyText, randomText, STRANGE_TEXTS } from './hostile-text.js';
import { CHEAP, DEAR } from './page-rules.js';
import type { Caller, World } from './world.js';

/** The values of each parameter. */
type Draft = Map<string, string[]>;
type Change = (dice: Dice, draft: Draft, world: World, caller: Caller, other: Caller) => void;

const NAMES = ['From', 'To', 'Body', 'MediaUrl', 'StatusCallback', 'ApplicationSid', 'MaxPrice', 'ValidityPeriod'];

/** The parameters of a Create request: a good one that was changed in nothing, or in something. */
export function hostileFields(dice: Dice, world: World, callerName: 'full' | 'trial'): readonly Field[] {
  if (dice.percent(2)) return anything(dice);
  const caller = world.callers[callerName];
  const other = world.callers[callerName === 'full' ? 'trial' : 'full'];
  const draft = goodDraft(dice, caller);
  const changes = dice.weighted([32, 0], [40, 1], [18, 2], [10, 4]);
  for (let change = 0; change < changes; change += 1) {
    dice.weighted(...CHANGES)(dice, draft, world, caller, other);
  }
  const fields = [...draft].flatMap(([name, values]) => values.map((value): Field => [name, value]));
  return dice.percent(50) ? fields : dice.shuffled(fields);
}

function goodDraft(dice: Dice, { account, verifiedNumbers }: Caller): Draft {
  // The short code has no pace; what comes from a number waits its turn.
  const from = account.shortCodes[0] ?? account.phoneNumbers[0]!;
  // Few, as a trial account has one number.
  const to = verifiedNumbers && dice.percent(4) ? dice.pick(verifiedNumbers) : goodRecipient(dice);
  return new Map([
    ['From', [from]],
    ['To', [to]],
    ['Body', [bodyText(dice)]],
  ]);
}

/** Names and values that have to do with nothing. */
function anything(dice: Dice): Field[] {
  return dice.times(dice.below(8), (): Field => {
    const name = dice.percent(60) ? dice.pick(NAMES) : randomText(dice, 1 + dice.below(12));
    return [name, dice.percent(50) ? dice.pick(STRANGE_TEXTS) : randomText(dice, dice.below(30))];
  });
}

const CHANGES: readonly (readonly [number, Change])[] = [
  [14, (dice, draft) => void draft.set('To', [strangeNumber(dice)])],
  [14, (dice, draft, _, caller, other) => void draft.set('From', [strangeSender(dice, caller, other)])],
  [6, (dice, draft) => void draft.set('From', [nameLikeSender(dice)]).set('To', [foreignRecipient(dice)])],
  [8, (dice, draft) => void draft.set('Body', [bodyText(dice)])],
  [20, (dice, draft, world) => void draft.set('MediaUrl', mediaUrls(dice, world))],
  [8, (dice, draft, world) => void draft.set('StatusCallback', [statusCallback(dice, world)])],
  [6, (dice, draft, _, caller, other) => void draft.set('ApplicationSid', [applicationSid(dice, caller, other)])],
  [8, (dice, draft) => void draft.set('MaxPrice', [maxPrice(dice)])],
  [5, (dice, draft) => void draft.set('ValidityPeriod', [validityPeriod(dice)])],
  [4, (dice, draft) => void draft.delete(dice.pick(['From', 'To', 'Body']))],
  [2, (dice, draft) => void draft.set(dice.pick(NAMES), [''])],
  [5, repeatOne],
  [3, respell],
  [8, addUnknown],
  [1, (_, draft) => void draft.set('To', draft.get('From') ?? [])],
];

function repeatOne(dice: Dice, draft: Draft): void {
  const name = dice.pick([...draft.keys()]) ?? 'Body';
  if (name === 'MediaUrl') return;
  const another = dice.pick(['', 'x', strangeNumber(dice), goodRecipient(dice), dice.pick(STRANGE_TEXTS)]);
  const values = draft.get(name) ?? [];
  draft.set(name, dice.percent(70) ? [...values, another] : [another, ...values]);
}

/** Names are case sensitive: another spelling is another parameter. */
function respell(dice: Dice, draft: Draft): void {
  const name = dice.pick([...draft.keys()]) ?? 'Body';
  const values = draft.get(name) ?? [];
  draft.delete(name);
  const spellings = [
    name.toLowerCase(),
    name.toUpperCase(),
    ` ${name}`,
    `${name} `,
    `${name}[]`,
    `${name}[0]`,
    `${name}\u200b`,
  ];
  draft.set(dice.pick(spellings), values);
}

function addUnknown(dice: Dice, draft: Draft): void {
  const names = [
    '__proto__',
    'constructor',
    'toString',
    'MessagingServiceSid',
    'SmartEncoded',
    'SendAt',
    'ScheduleType',
    'ProvideFeedback',
    'X',
    '',
  ];
  draft.set(dice.percent(80) ? dice.pick(names) : randomText(dice, 20), [dice.pick(STRANGE_TEXTS)]);
}

function mediaUrls(dice: Dice, { mediaUrls: known }: World): string[] {
  const all = [...known.keys()];
  const good = all.filter((url) => known.get(url)!.length === 0);
  const fetched = all.filter((url) => known.get(url)!.length > 0 && !known.get(url)!.includes('400/21620'));
  const strange = () => (dice.percent(40) ? dice.pick(fetched) : strangeUrl(dice, all));
  const share = dice.weighted([50, 0], [50, dice.pick([10, 50, 100])]);
  const count = dice.weighted([60, 1], [20, 2], [5, 3], [5, 10], [5, 11], [5, 12]);
  return dice.times(count, () => (dice.percent(share) ? strange() : dice.pick(good)));
}

const statusCallback = (dice: Dice, { callbackUrls: known }: World): string => strangeUrl(dice, [...known.keys()]);

// Nothing that could be a host outside: the test must not leave this machine.
const strangeUrl = (dice: Dice, known: readonly string[]): string =>
  dice.percent(85)
    ? dice.pick(known)
    : dice.pick(['', `http:${dice.pick(STRANGE_TEXTS)}`, dice.pick(STRANGE_TEXTS), `:${randomText(dice, 12)}`]);

function applicationSid(dice: Dice, caller: Caller, other: Caller): string {
  const own = caller.applications[0] ?? '';
  return dice.weighted<() => string>(
    [40, () => own],
    [10, () => other.applications[0] ?? ''],
    [20, () => `AP${dice.hex(32)}`],
    [5, () => `${own} `],
    [5, () => own.slice(0, -1)],
    [5, () => `${own}0`],
    [5, () => `AC${own.slice(2)}`],
    [5, () => dice.pick(STRANGE_TEXTS)],
    [5, () => ''],
  )();
}

function maxPrice(dice: Dice): string {
  return dice.weighted<() => string>(
    [20, () => CHEAP],
    [25, () => DEAR],
    [10, () => `0.0${dice.digits(3)}`],
    [5, () => dice.pick(['0.0075', '0.0074', '0.02', '0.0199', '1', '0.1', '999999'])],
    [10, () => dice.pick(['0', '0.0', '0.0000', '-0', '-1', '-0.0001', '0.00001', '0.00750', '1.23456'])],
    [
      10,
      () => dice.pick(['free', '1,5', '$1', '1 USD', '0x1', '1_000', '--1', '1.2.3', ' 1', '1 ', '1\n', '.', '', '-']),
    ],
    [5, () => dice.pick(['NaN', 'Infinity', '-Infinity', '1e999', '1e-999', '١', '１', '½', '²', 'null', '[1]'])],
    [5, () => dice.pick(['.5', '5.', '+1', '1e0', '1E2', '01', '00.5'])],
    [2, () => '9'.repeat(dice.pick([7, 20, 400, 5_000]))],
  )();
}

function validityPeriod(dice: Dice): string {
  return dice.weighted<() => string>(
    [20, () => dice.pick(['36000', '35999', '14400', '3600', '60', '5', '1'])],
    [10, () => dice.pick(['0', '00', '-0', '-1', '36001', '99999', '100000', '9'.repeat(400)])],
    [
      5,
      () =>
        dice.pick([
          '1.5',
          '0.9',
          '60s',
          '1h',
          'NaN',
          'Infinity',
          '0x3C',
          '1_000',
          ' 60',
          '60 ',
          '60\n',
          '٦٠',
          'null',
          '',
        ]),
    ],
    [5, () => dice.pick(['+60', '60.0', '6e1', '6E1', '060', '000060'])],
  )();
}
