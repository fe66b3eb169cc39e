import type { DestinationDescription } from '@heliograph/contracts';

/** Who knows carriers and prices. */
export abstract class DestinationSource {
  /** The most numbers that may be asked about at once. */
  static readonly largestQuestion = 500;

  /** One answer for each number, in the same order. @throws when there is no answer in time */
  abstract describe(numbers: readonly string[]): Promise<readonly DestinationDescription[]>;
}
