import type { Attempt, Field, Refusal } from './attempt.js';
import { ANY_MEDIA_REFUSAL } from './customer-urls.js';
import type { Caller, World } from './world.js';

/** What may be answered. Written from the page and Twilio's documentation, and not from the services. */
export interface Verdict {
  /** Whether 201 is right; it is the only right answer where `refusals` is empty. */
  readonly mayBeAccepted: boolean;
  /** Each is right; any refusal is where this is null. */
  readonly refusals: readonly Refusal[] | null;
  /** Whether the message, where it is accepted, ends with this error code or without it; null where that is not known. */
  readonly ending: { readonly errorCode: number; readonly isCertain: boolean } | null;
  /** Whether the message, where it is accepted, may run out of time (30036) before its turn comes. */
  readonly mayExpire: boolean;
}

/** What a rule says: broken for sure, or perhaps broken (nobody has laid it down). */
interface Finding {
  readonly isCertain: boolean;
  readonly refusals: readonly Refusal[];
}

const broken = (...refusals: Refusal[]): Finding => ({ isCertain: true, refusals });
const perhaps = (...refusals: Refusal[]): Finding => ({ isCertain: false, refusals });

const E164 = /^\+[1-9][0-9]{6,14}$/;
const SHORT_CODE = /^[0-9]{3,6}$/;
const NAME = /^[A-Za-z0-9 ]{1,11}$/;
const LETTER = /[A-Za-z]/;
/** What the example rate deck has a price for, by the digits after the plus; every other destination has none. */
const PRICED = /^\+(?:[1-79]|8(?:1|2|4|52|53|55|56|6|80|86))/;
/** A MaxPrice that nothing in the example deck is below, and one that no message reaches. */
export const CHEAP = '0.0001';
export const DEAR = '100';
/** Area codes of the United States and Canada that the requests use. */
const WITHOUT_NAMES = /^\+1(?:415|212|555|416|604)/;
/** Great Britain, Germany, France, Australia. */
const WITH_NAMES = /^\+(?:44|49|33|61)/;

/** The rules for one request. */
export function judge(attempt: Attempt, world: World): Verdict {
  if (attempt.turnedAway) return { mayBeAccepted: false, refusals: attempt.turnedAway, ending: null, mayExpire: false };
  const { form } = attempt;
  if (form.kind === 'unreadable')
    return { mayBeAccepted: false, refusals: ['400/20422'], ending: null, mayExpire: false };
  if (form.kind === 'too-large')
    return { mayBeAccepted: false, refusals: ['413/20413'], ending: null, mayExpire: false };
  const fields = form.kind === 'fields' ? form.fields : [];
  const { findings, ending } = judgeFields(fields, world.callers[attempt.caller], world);
  return {
    mayBeAccepted: findings.every(({ isCertain }) => !isCertain),
    refusals: attempt.isUnclear ? null : findings.flatMap(({ refusals }) => refusals),
    ending: attempt.isUnclear ? null : ending,
    mayExpire: attempt.isUnclear || isShort(readFields(fields).validityPeriod),
  };
}

/** Of a repeated parameter that takes one value the first counts; an empty one is one that is missing. */
function readFields(fields: readonly Field[]) {
  const allOf = (wanted: string) => fields.filter(([name]) => name === wanted).map(([, value]) => value);
  const oneOf = (wanted: string) => allOf(wanted)[0] || null;
  return {
    from: oneOf('From'),
    to: oneOf('To'),
    body: oneOf('Body') ?? '',
    mediaUrls: allOf('MediaUrl').filter((url) => url !== ''),
    statusCallback: oneOf('StatusCallback'),
    applicationSid: oneOf('ApplicationSid'),
    maxPrice: oneOf('MaxPrice'),
    validityPeriod: oneOf('ValidityPeriod'),
    isScheduled: oneOf('SendAt') !== null || oneOf('ScheduleType') !== null,
  };
}

/** What a request that is accepted must show again. */
export const expectedResource = (fields: readonly Field[]) => {
  const { from, to, body, mediaUrls } = readFields(fields);
  return { from, to, body, num_media: String(mediaUrls.length) };
};

function judgeFields(
  fields: readonly Field[],
  caller: Caller,
  world: World,
): { findings: Finding[]; ending: Verdict['ending'] } {
  const message = readFields(fields);
  const { from, to, body, mediaUrls, maxPrice } = message;
  const findings = [
    ...judgeSender(from, to, mediaUrls.length > 0, caller),
    ...judgeRecipient(to, from, caller),
    ...judgeContent(body, mediaUrls, world),
    ...judgeStatusCallback(message.statusCallback, world),
    ...judgeApplication(message.applicationSid, caller),
    ...judgeMaxPrice(maxPrice),
    ...judgeValidityPeriod(message.validityPeriod),
    ...(message.isScheduled ? [broken('400/35118')] : []),
  ];
  // The API need not know a price to accept: then the message fails.
  if (to !== null && E164.test(to) && !PRICED.test(to)) {
    return { findings: [...findings, perhaps('400/21408')], ending: { errorCode: 21_408, isCertain: true } };
  }
  if (maxPrice !== null && maxPrice !== CHEAP && maxPrice !== DEAR) return { findings, ending: null };
  return { findings, ending: { errorCode: 30_010, isCertain: maxPrice === CHEAP } };
}

function judgeSender(from: string | null, to: string | null, hasMedia: boolean, caller: Caller): Finding[] {
  if (from === null) return [broken('400/21603')];
  if (E164.test(from) || SHORT_CODE.test(from)) {
    const { phoneNumbers, shortCodes } = caller.account;
    if (phoneNumbers.includes(from) || shortCodes.includes(from)) return [];
    return [broken('400/21606', '400/21607')];
  }
  if (!NAME.test(from) || !LETTER.test(from))
    return [broken('400/21212', ...(/^\+[0-9]*$/.test(from) ? ['400/21606' as const] : []))];
  if (caller.verifiedNumbers !== null) return [broken('400/21212')];
  if (hasMedia) return [broken('400/21621'), perhaps('400/21612')];
  if (to !== null && WITH_NAMES.test(to)) return [];
  return [to !== null && WITHOUT_NAMES.test(to) ? broken('400/21612') : perhaps('400/21612')];
}

function judgeRecipient(to: string | null, from: string | null, caller: Caller): Finding[] {
  if (to === null) return [broken('400/21604')];
  if (to === from) return [broken('400/21211')];
  // E.164 has no lower bound.
  if (!E164.test(to)) return [/^\+[1-9][0-9]{0,5}$/.test(to) ? perhaps('400/21211', '400/21408') : broken('400/21211')];
  if (caller.verifiedNumbers === null || caller.verifiedNumbers.includes(to)) return [];
  return [broken('400/21608')];
}

function judgeContent(body: string, mediaUrls: readonly string[], world: World): Finding[] {
  if (body === '' && mediaUrls.length === 0) return [broken('400/21602')];
  const findings: Finding[] = [];
  if (body.length > 1_600) findings.push(broken('400/21617'));
  if (body.trim() === '' && mediaUrls.length === 0) findings.push(perhaps('400/21602'));
  if (mediaUrls.length > 10) findings.push(broken('400/21623'));
  for (const url of mediaUrls) {
    const refusals = world.mediaUrls.get(url) ?? ANY_MEDIA_REFUSAL;
    if (refusals.length > 0) findings.push(broken(...refusals));
  }
  return findings;
}

function judgeStatusCallback(url: string | null, world: World): Finding[] {
  if (url === null) return [];
  const verdict = world.callbackUrls.get(url) ?? (/^https?:\/\/[^/]/i.test(url) ? 'open' : 'refused');
  if (verdict === 'fine') return [];
  return [verdict === 'refused' ? broken('400/21609') : perhaps('400/21609')];
}

function judgeApplication(sid: string | null, { applications }: Caller): Finding[] {
  return sid === null || applications.includes(sid) ? [] : [broken('400/21218')];
}

/** A positive decimal with at most four decimals; whether it may be written with an exponent or without leading zero is open. */
function judgeMaxPrice(text: string | null): Finding[] {
  if (text === null) return [];
  if (/^[0-9]{1,6}(?:\.[0-9]{1,4})?$/.test(text)) return Number(text) > 0 ? [] : [broken('400/21627')];
  const isOpen = /^\+?(?:[0-9]+\.?|[0-9]*\.[0-9]{1,4})(?:[eE][+-]?[0-9]+)?$/.test(text) && Number(text) > 0;
  return [isOpen ? perhaps('400/21627') : broken('400/21627')];
}

/** Longer than any message of these tests waits. */
const LONG_VALIDITY_S = 600;

const isShort = (validityPeriod: string | null): boolean =>
  validityPeriod !== null && !(Number(validityPeriod) >= LONG_VALIDITY_S);

/** Whole seconds from 1 to 36,000; how else a number may be written is open. */
function judgeValidityPeriod(text: string | null): Finding[] {
  if (text === null) return [];
  if (/^[0-9]{1,5}$/.test(text)) return Number(text) >= 1 && Number(text) <= 36_000 ? [] : [broken('400/21624')];
  const isOpen = /^\+?[0-9]+(?:\.0*)?(?:[eE]\+?[0-9]+)?$/.test(text) && Number(text) >= 1 && Number(text) <= 36_000;
  return [isOpen ? perhaps('400/21624') : broken('400/21624')];
}
