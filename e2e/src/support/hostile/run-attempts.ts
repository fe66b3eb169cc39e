import { Agent } from 'node:http';
import { type Attempt, describeAttempt } from './attempt.js';
import { checkAnswer } from './check-answer.js';
import { makeAttempt } from './make-attempt.js';
import { judge, type Verdict } from './page-rules.js';
import { sendAttempt } from './send-attempt.js';
import type { World } from './world.js';

/** A message that was accepted, rightly. */
export interface AcceptedMessage {
  readonly sid: string;
  /** Of the request among those of the seed. */
  readonly number: number;
  readonly caller: Attempt['caller'];
  readonly ending: Verdict['ending'];
  readonly mayExpire: boolean;
}

export interface Outcome {
  readonly accepted: readonly AcceptedMessage[];
  /** How many were refused, rightly. */
  readonly refused: number;
  /** What was answered wrongly, each with its request, for people. */
  readonly wrong: readonly string[];
}

export interface AttemptPlan {
  readonly seed: number;
  /** Numbers of the requests: the first, and the one after the last. */
  readonly from: number;
  readonly to: number;
  /** How many are under way at the same time. */
  readonly concurrency: number;
}

/** Sends the requests of a plan, and holds every answer against the rules. */
export async function runAttempts(
  apiUrl: string,
  world: World,
  { seed, from, to, concurrency }: AttemptPlan,
): Promise<Outcome> {
  const accepted: AcceptedMessage[] = [];
  const wrong: string[] = [];
  let refused = 0;
  let next = from;
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const sendNext = async (): Promise<void> => {
    while (next < to) {
      const number = next++;
      const attempt = makeAttempt(seed, number, world);
      const verdict = judge(attempt, world);
      const finding = checkAnswer(attempt, verdict, await sendAttempt(apiUrl, attempt, agent));
      if (finding.kind === 'accepted') {
        const { ending, mayExpire } = verdict;
        accepted.push({ sid: finding.sid, number, caller: attempt.caller, ending, mayExpire });
      } else if (finding.kind === 'refused') refused += 1;
      else wrong.push(`request ${number} of seed ${seed}: ${finding.problem}\n  ${describeAttempt(attempt)}`);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, sendNext));
  agent.destroy();
  return { accepted, refused, wrong };
}
