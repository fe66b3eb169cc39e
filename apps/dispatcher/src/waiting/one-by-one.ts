/**
 * Answers questions one after another: however many are asked, one connection to the database is busy with them, and the others are
 * for messages.
 */
export class OneByOne {
  private last: Promise<unknown> = Promise.resolve();

  /** @param patienceMs how long whoever asks waits: later than that, nothing is looked up any more */
  constructor(private readonly patienceMs: number) {}

  /** @throws what `answer` throws; and where its turn comes too late */
  async answer<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
    const askedAtMs = performance.now();
    const turn = this.last.then(async () => {
      if (performance.now() - askedAtMs > this.patienceMs) throw new Error('Too much was asked before this');
      return await answer();
    });
    this.last = turn.catch(() => undefined);
    return await turn;
  }
}
