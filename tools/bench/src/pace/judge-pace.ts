const SECOND_US = 1_000_000;

/** How well senders of one message per second kept their pace, by what the carrier saw. */
export interface Judgement {
  /** Windows of n seconds in which one sender had more than n + 1 messages. */
  readonly violations: number;
  /** By how much n messages of one sender took less than n - 1 seconds, at the worst; 0 where none did. */
  readonly shortfallUs: number;
  /** Of each sender: by how much its last message came later than the pace asks for, as a share of that time in percent. */
  readonly overIdealPercents: readonly number[];
}

/** @param timesBySender when each sender's messages reached the carrier, in microseconds, in any order */
export function judgePace(timesBySender: Iterable<readonly number[]>): Judgement {
  let violations = 0;
  let shortfallUs = 0;
  const overIdealPercents: number[] = [];
  for (const unordered of timesBySender) {
    const times = [...unordered].sort((a, b) => a - b);
    for (let first = 0; first < times.length; first += 1) {
      for (let last = first + 1; last < times.length; last += 1) {
        const spanUs = times[last]! - times[first]!;
        shortfallUs = Math.max(shortfallUs, (last - first) * SECOND_US - spanUs);
        // From first to last are n + 2 messages, for n = last - first - 1.
        if (spanUs < (last - first - 1) * SECOND_US) violations += 1;
      }
    }
    const idealUs = (times.length - 1) * SECOND_US;
    if (idealUs > 0) overIdealPercents.push(((times.at(-1)! - times[0]!) / idealUs - 1) * 100);
  }
  return { violations, shortfallUs, overIdealPercents };
}
