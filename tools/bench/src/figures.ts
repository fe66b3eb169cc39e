/** A benchmark's results: name → number. Names are part of the interface (docs/benchmarks.md). */
export type Figures = Record<string, number>;

/** Tells whoever waits what is being done. */
export type Say = (line: string) => void;

/** The value below which this share (0 to 1) of the sample lies; NaN for an empty sample. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = [...sample].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Four significant digits say all that a noisy machine can. */
export const rounded = (value: number): number => Number(value.toPrecision(4));
