import type { Attempt, Field, Form, Refusal } from './attempt.js';
import { Dice } from './dice.js';
import { encodeForm, makeUnreadable } from './form-encoding.js';
import { brokenRequest } from './broken-requests.js';
import { hostileFields } from './hostile-fields.js';
import { hostileHeaders } from './hostile-headers.js';
import type { World } from './world.js';

type Addressing = Pick<Attempt, 'method' | 'path' | 'turnedAway'> & { readonly authorization: string | null };
type Content = Pick<Attempt, 'body' | 'form' | 'isUnclear'> & { readonly contentType: string | null };

const FORM = 'application/x-www-form-urlencoded';
const FORM_TYPES = [
  `${FORM}; charset=UTF-8`,
  `${FORM};charset=utf-8`,
  FORM.toUpperCase(),
  `${FORM}; charset="utf-8"`,
  `${FORM} ; charset=utf-8; x=y`,
];
const OTHER_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/xml',
  'application/octet-stream',
  'text/html',
  'image/png',
  `x${FORM}`,
];
const UNCLEAR_TYPES = [
  null,
  '',
  ';',
  'a',
  '*/*',
  '/',
  `${FORM}; charset=iso-8859-1`,
  `${FORM}, application/json`,
  `${FORM}x`,
];

/** Far above the size of every parameter at its limit, and far below what nobody reads. */
const TOO_LARGE_BYTES = 2_000_000;
const UNCLEAR_BYTES = 300_000;
/** Every parameter at its limit, percent-encoded, is far below. */
const MOST_CERTAIN_BYTES = 200_000;

/** The request that has this number among those of a seed. */
export function makeAttempt(seed: number, number: number, world: World): Attempt {
  const dice = new Dice(seed, number);
  const caller = dice.percent(92) ? 'full' : 'trial';
  const addressing = address(dice, world, caller);
  const { contentType, ...content } = write(dice, hostileFields(dice, world, caller));
  const headers = {
    ...(addressing.authorization !== null && { authorization: addressing.authorization }),
    ...(contentType !== null && { 'content-type': contentType }),
  };
  const { method, path, turnedAway } = addressing;
  const attempt: Attempt = { method, path, turnedAway, caller, headers, ...content };
  return dice.weighted<(attempt: Attempt) => Attempt>(
    [95, (same) => same],
    // Where a connection is closed on a body that is still being written, the answer may be lost, and rightly.
    [4, (changed) => (content.body!.length < UNCLEAR_BYTES ? hostileHeaders(dice, changed) : changed)],
    [1, (replaced) => brokenRequest(dice, replaced)],
  )(attempt);
}

/** Writes the parameters into a body. */
function write(dice: Dice, fields: readonly Field[]): Content {
  const body = encodeForm(dice, fields);
  const form: Form = { kind: 'fields', fields };
  const asForm = { body, form, isUnclear: body.length > MOST_CERTAIN_BYTES, contentType: FORM };
  return dice.weighted<() => Content>(
    [870, () => asForm],
    [30, () => ({ ...asForm, contentType: dice.pick(FORM_TYPES) })],
    [30, () => ({ ...asForm, contentType: dice.pick(OTHER_TYPES), form: { kind: 'no-form' } })],
    [10, () => ({ ...asForm, contentType: 'application/json', form: { kind: 'no-form' }, body: jsonOf(fields) })],
    [15, () => ({ ...asForm, contentType: dice.pick(UNCLEAR_TYPES), isUnclear: true })],
    [40, () => ({ ...asForm, body: makeUnreadable(dice, body), form: { kind: 'unreadable' } })],
    [2, () => ({ ...asForm, body: pad(body, TOO_LARGE_BYTES), form: { kind: 'too-large' } })],
    [2, () => ({ ...asForm, body: pad(body, UNCLEAR_BYTES), isUnclear: true })],
    [
      1,
      () => ({
        ...asForm,
        body: Buffer.from(`${'a=1&'.repeat(3_000)}${body.toString('latin1')}`, 'latin1'),
        isUnclear: true,
      }),
    ],
  )();
}

const pad = (body: Buffer, bytes: number): Buffer =>
  Buffer.concat([body, Buffer.from(`&Padding=${'a'.repeat(bytes)}`)]);
const jsonOf = (fields: readonly Field[]): Buffer => Buffer.from(JSON.stringify(Object.fromEntries(fields)));

/** To whom the request is sent, in whose name. */
function address(dice: Dice, world: World, callerName: 'full' | 'trial'): Addressing {
  const { account } = world.callers[callerName];
  const other = world.callers[callerName === 'full' ? 'trial' : 'full'].account;
  const folder = `/2010-04-01/Accounts/${account.sid}`;
  const right: Addressing = {
    method: 'POST',
    path: `${folder}/Messages.json`,
    authorization: basic(account.sid, account.authToken),
    turnedAway: null,
  };
  const away = (changes: Partial<Addressing>, ...turnedAway: Refusal[]) => ({ ...right, ...changes, turnedAway });
  return dice.weighted<() => Addressing>(
    [880, () => right],
    [
      10,
      () => ({
        ...right,
        authorization: right.authorization!.replace('Basic', dice.pick(['basic', 'BASIC', 'Basic '])),
      }),
    ],
    [45, () => away({ authorization: dice.pick(wrongAuthorizations(dice, account, other)) }, '401/20003')],
    [
      15,
      () => away({ path: right.path.replace(account.sid, dice.pick([other.sid, `AC${dice.hex(32)}`])) }, '404/20404'),
    ],
    [30, () => away({ path: dice.pick(wrongPaths(folder, dice)) }, '404/20404', '405/20004', '401/20003')],
    [
      15,
      () =>
        away(
          { method: dice.pick(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE', 'LOCK']) },
          '405/20004',
          '404/20404',
        ),
    ],
  )();
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

function wrongAuthorizations(
  dice: Dice,
  { sid, authToken }: { sid: string; authToken: string },
  other: { sid: string; authToken: string },
): (string | null)[] {
  return [
    null,
    '',
    'Basic',
    'Basic ',
    'Basic !!!!',
    `Bearer ${authToken}`,
    `Digest username="${sid}"`,
    basic(sid, ''),
    basic('', authToken),
    basic(sid, dice.hex(32)),
    basic(sid, authToken.slice(1)),
    basic(sid, `${authToken} `),
    basic(sid, `${authToken}:`),
    basic(sid, authToken.toUpperCase().replace(/^[0-9]+$/, 'X')),
    basic(sid, other.authToken),
    basic(`${sid}\0`, authToken),
    basic(sid, "' OR '1'='1"),
    basic(sid, 'é😀'),
    basic(`SK${dice.hex(32)}`, authToken),
    basic(sid, 'x'.repeat(8_000)),
    `Basic ${Buffer.from(sid).toString('base64')}`,
    `Basic ${Buffer.from([0xff, 0xfe, 0x3a, 0xff]).toString('base64')}`,
  ];
}

function wrongPaths(folder: string, dice: Dice): string[] {
  return [
    `${folder}/Messages.xml`,
    `${folder}/messages.json`,
    `${folder}/Messages.JSON`,
    `${folder}/Messages.json/`,
    `${folder}//Messages.json`,
    `${folder}/Messages.json%00`,
    `${folder}/Messages.json;a=b`,
    `${folder}/SMS/Messages.json`,
    `${folder}/Messages/../Messages.json`,
    `${folder}/Messages/SM${dice.hex(32)}.json`,
    `${folder}/Messages/${'A'.repeat(4_000)}.json`,
    `${folder}/Messages/%zz.json`,
    `${folder}/Messages/%ff.json`,
    `${folder}/Messages/__proto__.json`,
    `${folder}/Messages/SM${dice.hex(32)}/Media/../../x`,
    `${folder}/`,
    `${folder.toLowerCase()}/Messages.json`,
    folder.replace('2010-04-01', '2008-08-01').concat('/Messages.json'),
    '/2010-04-01/Accounts//Messages.json',
    '/2010-04-01/Accounts/%00/Messages.json',
    "/2010-04-01/Accounts/'/Messages.json",
    '/2010-04-01/Accounts/AC%0d%0aX:1/Messages.json',
    `/2010-04-01/Accounts/${'A'.repeat(5_000)}/Messages.json`,
    '/',
    '/%',
    '/..%2f..%2fetc/passwd',
  ];
}
