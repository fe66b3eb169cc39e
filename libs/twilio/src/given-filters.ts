import { singleValue, type FormFields } from './form-fields.js';

/** Filters of a list as they were given, for the page URIs. */
export type GivenFilters = readonly (readonly [name: string, value: string])[];

/** Those of the filters that a list's query has. */
export function givenFilters(query: FormFields, names: readonly string[]): GivenFilters {
  return names.flatMap((name) => {
    const value = singleValue(query, name);
    return value === undefined ? [] : [[name, value] as const];
  });
}
