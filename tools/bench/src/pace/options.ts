/** What of `bench:pace` is measured. */
export const SCENARIOS = ['exactness', 'undisturbed', 'backlog', 'idle'] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** How much is measured. */
export interface PaceOptions {
  readonly scenarios: readonly Scenario[];
  /** Exactness: how many long codes send at the same time. */
  readonly lanes: number;
  /** Exactness: how many messages each of them sends. */
  readonly messages: number;
  /** Backlog: how many messages wait, in 100,000 lanes. */
  readonly waiting: number;
}

/** What two cores can do. */
export const DEFAULTS = { lanes: '100', messages: '30', waiting: '10000000' };

/** @throws where a value is not what its name asks for */
export function paceOptionsFrom(
  values: Partial<Record<'only' | 'lanes' | 'messages' | 'waiting', string>>,
): PaceOptions {
  const scenarios = values.only === undefined ? SCENARIOS : values.only.split(',').map(scenarioFrom);
  const atLeast = (name: keyof typeof DEFAULTS, least: number): number => {
    const value = Number(values[name] ?? DEFAULTS[name]);
    if (!Number.isInteger(value) || value < least) throw new Error(`--${name} takes a whole number from ${least}`);
    return value;
  };
  return {
    scenarios,
    lanes: atLeast('lanes', 1),
    messages: atLeast('messages', 2),
    waiting: atLeast('waiting', 10_000),
  };
}

function scenarioFrom(name: string): Scenario {
  const scenario = SCENARIOS.find((known) => known === name);
  if (!scenario) throw new Error(`--only takes one or more of ${SCENARIOS.join(',')}`);
  return scenario;
}
