import type { AccountSid } from '@heliograph/domain';
import { describe, expect, it } from '@jest/globals';
import { type Answer, judgeAnswers, type OpenVerification, readCode } from './judge-answers.js';

const EXPIRES_AT = new Date('2026-03-02T09:10:00Z');
const PHONE = '+15558675309';

const aVerification = (given: Partial<OpenVerification> = {}): OpenVerification => ({
  accountSid: 'AC1' as AccountSid,
  phoneNumber: PHONE,
  code: '111111',
  attemptsLeft: 5,
  expiresAt: EXPIRES_AT,
  answerIds: [],
  ...given,
});
let answerCount = 0;
const anAnswer = (code: string, given: Partial<Answer> = {}): Answer => ({
  id: `answer-${++answerCount}`,
  from: PHONE,
  code,
  receivedAt: new Date('2026-03-02T09:05:00Z'),
  ...given,
});
const wrong = (count: number) => Array.from({ length: count }, () => anAnswer('000000'));

describe('judgeAnswers', () => {
  it('confirms the number whose phone sends the code', () => {
    const verification = aVerification();
    expect(judgeAnswers([verification], [anAnswer('111111')])).toEqual({ confirmed: [verification], changed: [] });
  });

  it.each<[string, Partial<OpenVerification>, Partial<Answer>]>([
    ['from another phone', {}, { from: '+15558675310' }],
    ['at the moment it expires', {}, { receivedAt: EXPIRES_AT }],
    ['after its attempts are used up', { attemptsLeft: 0 }, {}],
    ['that was judged before', { answerIds: ['again'] }, { id: 'again' }],
  ])('takes no code %s', (_, verification, answer) => {
    const nothing = { confirmed: [], changed: [] };
    expect(judgeAnswers([aVerification(verification)], [anAnswer('111111', answer)])).toEqual(nothing);
  });

  it('takes the code after four wrong attempts, and not after five', () => {
    expect(judgeAnswers([aVerification()], [...wrong(4), anAnswer('111111')]).confirmed).toHaveLength(1);
    const { confirmed, changed } = judgeAnswers([aVerification()], [...wrong(5), anAnswer('111111')]);
    expect([confirmed.length, changed[0]?.attemptsLeft]).toEqual([0, 0]);
  });

  it('counts an answer once, however often it is told of', () => {
    const answer = anAnswer('000000');
    const [once] = judgeAnswers([aVerification()], [answer, answer]).changed;
    expect(once).toMatchObject({ attemptsLeft: 4, answerIds: [answer.id] });
    expect(judgeAnswers([once!], [answer])).toEqual({ confirmed: [], changed: [] });
  });

  it('lets several accounts verify one phone, each by its own code', () => {
    const [one, other] = [aVerification(), aVerification({ accountSid: 'AC2' as AccountSid, code: '222222' })];
    const answer = anAnswer('222222');
    const { confirmed, changed } = judgeAnswers([one, other], [answer]);
    expect(confirmed).toEqual([other]);
    expect(changed).toEqual([{ ...one, answerIds: [answer.id] }]);
    // Told of again, when the other verification is gone: still no attempt at this one.
    expect(judgeAnswers(changed, [answer])).toEqual({ confirmed: [], changed: [] });
    const nobodys = judgeAnswers([one, other], wrong(1)).changed;
    expect(nobodys.map(({ attemptsLeft }) => attemptsLeft)).toEqual([4, 4]);
  });
});

describe('readCode', () => {
  it.each<[string, string | null]>([
    ['123456', '123456'],
    [' 012345\r\n', '012345'],
    ['12345', null],
    ['1234567', null],
    ['123 456', null],
    ['My code is 123456', null],
    ['١٢٣٤٥٦', null],
    ['Yes', null],
    ['', null],
  ])('reads %j as %s', (body, code) => {
    expect(readCode(body)).toBe(code);
  });
});
