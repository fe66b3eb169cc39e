import type { DestinationDescription } from '@heliograph/contracts';

/** A description, and when it was asked for. */
export interface KnownDestination {
  readonly description: DestinationDescription;
  readonly askedAtMs: number;
}

/** What was learned of destinations: each description serves all numbers that start with its prefix. The oldest are forgotten first. */
export class KnownDestinations {
  private readonly byPrefix = new Map<string, KnownDestination>();

  /** @param capacity the most descriptions that are kept */
  constructor(private readonly capacity: number) {}

  /** The newest of what is known for the number. */
  find(number: string): KnownDestination | null {
    let newest: KnownDestination | null = null;
    for (let length = number.length; length >= 0; length--) {
      const known = this.byPrefix.get(number.slice(0, length));
      if (known === undefined || !speaksFor(known.description, number)) continue;
      if (newest === null || known.askedAtMs > newest.askedAtMs) newest = known;
    }
    return newest;
  }

  learn(known: KnownDestination): void {
    const { prefix } = known.description;
    // Deleted first so that the map's order is that of learning.
    this.byPrefix.delete(prefix);
    this.byPrefix.set(prefix, known);
    if (this.byPrefix.size > this.capacity) this.byPrefix.delete(this.byPrefix.keys().next().value as string);
  }
}

/** A whole number stands for itself alone: longer ones that start with it may differ. */
const speaksFor = ({ prefix, number }: DestinationDescription, asked: string): boolean =>
  prefix !== number || number === asked;
