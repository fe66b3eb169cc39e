import { z } from 'zod';
import { COUNTRY, phonePrefix } from '../imports/phone-prefix.js';
import type { Carrier } from './carrier.js';

const limit = z
  .string()
  .regex(/^([1-9][0-9]{0,8})?$/, 'is not a size; write digits alone, or leave all three sizes empty')
  .transform((digits) => (digits === '' ? null : Number(digits)));

/** One line of a file of carriers, column by column; docs/operating.md describes them. */
export const carrierLine = z
  .object({
    prefix: phonePrefix,
    name: z
      .string()
      .min(1, "is missing; write the carrier's name")
      .max(100, 'is too long; write at most 100 characters'),
    country: z.string().regex(COUNTRY, 'is no country code; write two capital letters (ISO 3166-1), such as US'),
    mms: z.enum(['yes', 'no'], { error: 'is neither yes nor no; write one of them' }),
    max_image_bytes: limit,
    max_image_width_px: limit,
    max_image_height_px: limit,
  })
  .refine(
    (line) =>
      new Set([line.max_image_bytes, line.max_image_width_px, line.max_image_height_px].map((size) => size === null))
        .size === 1,
    'only some of max_image_bytes, max_image_width_px and max_image_height_px are given; give all three or none',
  );

/** A prefix belongs to one carrier. */
export const keyOfCarrierLine = (line: z.output<typeof carrierLine>): string => line.prefix;

export function carrierFrom(line: z.output<typeof carrierLine>): Carrier {
  const { max_image_bytes: maxBytes, max_image_width_px: maxWidthPx, max_image_height_px: maxHeightPx } = line;
  const hasLimits = maxBytes !== null && maxWidthPx !== null && maxHeightPx !== null;
  return {
    prefix: line.prefix,
    name: line.name,
    country: line.country,
    hasMms: line.mms === 'yes',
    imageLimits: hasLimits ? { maxBytes, maxWidthPx, maxHeightPx } : null,
  };
}
