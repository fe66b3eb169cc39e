import { type FormFields, singleValue } from '@heliograph/twilio';

/** What a list is narrowed to. */
export interface ExactFilters<Name extends string> {
  /** As given, for the page URIs. */
  readonly given: readonly (readonly [name: Name, value: string])[];
  /** By name; those that were not given are missing. */
  readonly values: Readonly<Partial<Record<Name, string>>>;
}

/** The filters of a list that each stand for one exact value. */
export function exactFilters<Name extends string>(query: FormFields, names: readonly Name[]): ExactFilters<Name> {
  const given = names.flatMap((name) => {
    const value = singleValue(query, name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { given, values: Object.fromEntries(given) as Partial<Record<Name, string>> };
}
