import type { DestinationDescription } from '@heliograph/contracts';
import { Logger } from '@heliograph/service-host';
import { DestinationSource } from './destination-source.js';
import { type KnownDestination, KnownDestinations } from './known-destinations.js';

interface Question {
  readonly number: string;
  /** Answers with what is known by then. */
  readonly answer: () => void;
}

/** How old an answer may be that is used without asking again; also how long nobody waits once the source was found away. */
const MAX_AGE_MS = 1_000;
const CAPACITY = 20_000;

/**
 * What is known of the numbers that messages go to: carrier, and whether there is a price. Answers are at most a second old while
 * their source is there. While it is away or slow, the last that it said; nobody waits for it then, it is asked on the side until
 * it is back. What is asked in one turn of the event loop, or while a question is under way, is asked together.
 */
export class DestinationDirectory {
  private readonly known = new KnownDestinations(CAPACITY);
  private waiting: Question[] = [];
  private isAsking = false;
  private isSourceAway = false;
  private lastFailedAtMs = 0;

  /** @param nowMs a monotonic clock */
  constructor(
    private readonly source: DestinationSource,
    private readonly logger: Logger,
    private readonly nowMs: () => number,
  ) {}

  /** Null where nothing was ever learned of the number: anything may be sent there, and whoever sends it decides. Never rejects. */
  async find(number: string): Promise<DestinationDescription | null> {
    const known = this.known.find(number);
    if (known !== null && this.isFresh(known)) return known.description;
    if (!this.isSourceAway) await this.learn(number);
    else if (this.nowMs() - this.lastFailedAtMs >= MAX_AGE_MS) void this.learn(number);
    return this.known.find(number)?.description ?? null;
  }

  /** Resolves when the source has answered, or has failed to. */
  private learn(number: string): Promise<void> {
    return new Promise((answer) => {
      this.waiting.push({ number, answer });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isAsking || this.waiting.length === 0) return;
    this.isAsking = true;
    setImmediate(() => void this.askWaiting());
  }

  private async askWaiting(): Promise<void> {
    const questions = this.takeOpenQuestions();
    if (questions.length > 0) await this.ask(new Set(questions.map(({ number }) => number)));
    for (const { answer } of questions) answer();
    // Who waits behind a question that failed would only see the same again.
    if (this.isSourceAway) for (const { answer } of this.waiting.splice(0)) answer();
    this.isAsking = false;
    this.schedule();
  }

  /** Those that the answers to earlier questions did not answer as well. */
  private takeOpenQuestions(): Question[] {
    const open: Question[] = [];
    const numbers = new Set<string>();
    while (this.waiting.length > 0 && numbers.size < DestinationSource.largestQuestion) {
      const question = this.waiting.shift() as Question;
      const known = this.known.find(question.number);
      if (known !== null && this.isFresh(known)) {
        question.answer();
        continue;
      }
      open.push(question);
      numbers.add(question.number);
    }
    return open;
  }

  private async ask(numbers: ReadonlySet<string>): Promise<void> {
    const askedAtMs = this.nowMs();
    try {
      for (const description of await this.source.describe([...numbers])) this.known.learn({ description, askedAtMs });
      if (this.isSourceAway) this.logger.info('destinations.known-again');
      this.isSourceAway = false;
    } catch (err) {
      this.lastFailedAtMs = this.nowMs();
      if (!this.isSourceAway) this.logger.warn({ err }, 'destinations.not-known');
      this.isSourceAway = true;
    }
  }

  private isFresh({ askedAtMs }: KnownDestination): boolean {
    return this.nowMs() - askedAtMs < MAX_AGE_MS;
  }
}
