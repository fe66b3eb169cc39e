/** How long some number of messages in a row took, at least, and how long a pace has them take. */
export interface Span {
  readonly count: number;
  readonly spanMicros: number;
  readonly atLeast: number;
}

/**
 * For every number of messages in a row, the shortest time that they took.
 * @param times when each arrived, in order
 * @param intervalMicros between two messages at the pace that is to hold
 */
export function shortestSpans(times: readonly number[], intervalMicros: number): Span[] {
  const counts = Array.from({ length: times.length - 1 }, (_, index) => index + 2);
  return counts.map((count) => {
    const spans = times.slice(count - 1).map((time, first) => time - times[first]!);
    return { count, spanMicros: Math.min(...spans), atLeast: (count - 1) * intervalMicros };
  });
}
