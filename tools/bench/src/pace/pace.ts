import type { Figures, Say } from '../figures.js';
import { measureIdle } from '../idle/idle.js';
import { measureBacklog } from './backlog.js';
import { measureExactness, measureUndisturbed } from './exactness.js';
import type { PaceOptions, Scenario } from './options.js';

const MEASURES: Record<Scenario, (say: Say, options: PaceOptions) => Promise<Figures>> = {
  exactness: measureExactness,
  undisturbed: measureUndisturbed,
  backlog: measureBacklog,
  idle: measureIdle,
};

/** Starts the built services with data of their own, once for each scenario, and leaves nothing behind. */
export async function measurePace(say: Say, options: PaceOptions): Promise<Figures> {
  const figures: Figures = {};
  for (const scenario of options.scenarios) {
    say(`${scenario}:`);
    Object.assign(figures, await MEASURES[scenario](say, options));
  }
  return figures;
}
