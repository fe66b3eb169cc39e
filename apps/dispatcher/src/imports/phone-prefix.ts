import { z } from 'zod';

/** The `prefix` column of an import: the digits with which numbers start. */
export const phonePrefix = z
  .string()
  .regex(/^\+[1-9][0-9]{0,14}$/, 'is not the start of a number; write + and 1 to 15 digits, such as +1415');

/** What numbers a country's column may name: ISO 3166-1 alpha-2. */
export const COUNTRY = /^[A-Z]{2}$/;
