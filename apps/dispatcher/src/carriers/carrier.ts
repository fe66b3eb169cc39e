import type { ImageLimits } from '@heliograph/contracts';
import { PrefixTable } from '../prefixes/prefix-table.js';

/** Who serves the numbers that start with a prefix, and what their phones can be sent. */
export interface Carrier {
  /** `+` and digits. */
  readonly prefix: string;
  readonly name: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly hasMms: boolean;
  /** Null where the carrier takes pictures of any size. */
  readonly imageLimits: ImageLimits | null;
}

/** Carriers by the prefixes of their numbers: the longest wins. */
export type CarrierTable = PrefixTable<Carrier>;

/** @param carriers each prefix once */
export const carrierTableOf = (carriers: readonly Carrier[]): CarrierTable =>
  new PrefixTable(carriers.map((carrier) => [carrier.prefix, carrier]));
