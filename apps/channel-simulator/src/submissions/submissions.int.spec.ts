import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { submitTask } from '@heliograph/contracts';
import { startTestDatabase, type TestDatabase } from '@heliograph/testing';
import { migrations } from '../migrations/migrations.js';
import { aSubmitTask } from '../testing/submit-tasks.js';
import type { Submission } from '../carrier/submission.js';
import { answerTasks } from './answer-tasks.js';
import { SubmissionsRepository } from './submissions.repository.js';

const someSubmissions = (count: number): Submission[] => {
  const tasks = Array.from({ length: count }, () => submitTask.decode(JSON.parse(aSubmitTask().payload)));
  return answerTasks(tasks, new Map(), () => false);
};
const byId = (a: Submission, b: Submission) => (a.submissionId < b.submissionId ? -1 : 1);
/** Time for a statement that is not held up to get through. */
const longEnough = () => new Promise((resolve) => setTimeout(resolve, 300));

/** Real: PostgreSQL. No service runs: the repository is raced against itself here. */
describe("the carrier's books", () => {
  let postgres: TestDatabase;
  const submissions = new SubmissionsRepository({ RECEIPT_DELAY_MS: 50 });
  const record = (recorded: readonly Submission[]) =>
    postgres.database.transaction((tx) => submissions.record(tx, recorded));

  beforeAll(async () => {
    postgres = await startTestDatabase({ schema: 'channel_simulator', migrations });
  }, 60_000);
  afterAll(() => postgres.stop(), 60_000);

  it('take the same submissions twice at once, in opposite orders, and each once', async () => {
    const given = someSubmissions(3).sort(byId);
    // Both wait in the middle, with what they have entered so far, until the third lets go.
    const { entering } = await postgres.database.transaction(async (tx) => {
      await submissions.record(tx, given.slice(1, 2));
      const entering = Promise.all([record(given), record([...given].reverse())]);
      entering.catch(() => undefined);
      await longEnough();
      return { entering };
    });
    const entered = (await entering).flatMap((recorded) => [...recorded.values()]);
    expect(entered.filter(({ isNew }) => isNew)).toHaveLength(2);
    expect(await postgres.database.query(`SELECT 1 FROM receipts`)).toHaveLength(3);
  });

  it('date submissions in the order in which they were given', async () => {
    const given = someSubmissions(100).sort(byId).reverse();
    const recorded = await record(given);
    const times = given.map(({ submissionId }) => recorded.get(submissionId)?.submittedAt);
    expect(times).toEqual([...times].sort());
  });
});
