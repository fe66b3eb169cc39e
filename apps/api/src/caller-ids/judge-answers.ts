import type { AccountSid } from '@heliograph/domain';

/** An account waits for a phone to send its code. */
export interface OpenVerification {
  readonly accountSid: AccountSid;
  /** E.164. */
  readonly phoneNumber: string;
  readonly code: string;
  readonly attemptsLeft: number;
  readonly expiresAt: Date;
  /** Answers that were judged by this code already. */
  readonly answerIds: readonly string[];
}

/** A phone sent six digits. */
export interface Answer {
  readonly id: string;
  /** E.164. */
  readonly from: string;
  readonly code: string;
  readonly receivedAt: Date;
}

/** What follows from some answers. */
export interface Judgement {
  /** Their numbers are verified. */
  readonly confirmed: readonly OpenVerification[];
  /** Still open, or out of attempts, and changed. */
  readonly changed: readonly OpenVerification[];
}

const CODE_ALONE = /^\s*([0-9]{6})\s*$/;

/** The code in what a phone sent; null where it sent anything but six digits, which is no attempt. */
export const readCode = (body: string): string | null => CODE_ALONE.exec(body)?.[1] ?? null;

/**
 * Holds answers, in the order given, against the verifications of their phones. Several accounts may wait for one phone: digits that are
 * the code of one of them are no wrong attempt at the others. Digits that are nobody's code are one at each.
 */
export function judgeAnswers(open: readonly OpenVerification[], answers: readonly Answer[]): Judgement {
  const confirmed = new Set<OpenVerification>();
  const changed = new Map<OpenVerification, OpenVerification>();
  for (const answer of answers) {
    const asked = open.filter((each) => !confirmed.has(each) && isAsked(changed.get(each) ?? each, answer));
    const isRight = asked.some(({ code }) => code === answer.code);
    for (const each of asked) {
      if (each.code === answer.code) confirmed.add(each);
      else changed.set(each, judged(changed.get(each) ?? each, answer, isRight));
    }
  }
  return {
    confirmed: [...confirmed],
    changed: [...changed].flatMap(([each, after]) => (confirmed.has(each) ? [] : [after])),
  };
}

const isAsked = (verification: OpenVerification, answer: Answer): boolean =>
  verification.phoneNumber === answer.from &&
  verification.attemptsLeft > 0 &&
  verification.expiresAt > answer.receivedAt &&
  !verification.answerIds.includes(answer.id);

const judged = (verification: OpenVerification, answer: Answer, isRight: boolean): OpenVerification => ({
  ...verification,
  attemptsLeft: verification.attemptsLeft - (isRight ? 0 : 1),
  answerIds: [...verification.answerIds, answer.id],
});
