import { parsePhoneNumber, parseShortCode, type PhoneNumber } from '@heliograph/domain';
import { BadRequestException } from '@nestjs/common';
import { z } from 'zod';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
/** PostgreSQL's bigint and integer have more room than this. */
const LONGEST_ID = 18;
const MAX_BODY_UNITS = 1_600;

const limit = z
  .string()
  .regex(/^[0-9]{1,4}$/, 'must be a whole number')
  .transform(Number)
  .refine((value) => value >= 1 && value <= MAX_LIMIT, `must be from 1 to ${MAX_LIMIT}`)
  .default(DEFAULT_LIMIT);

const messageId = z.string().regex(new RegExp(`^[0-9]{1,${LONGEST_ID}}$`), 'must be the id of a message');

/** A page of messages: at most `limit`, those after the one with the id `after`. */
export const messagePage = z.object({ limit, after: messageId.default('0') });

const phoneNumber = z
  .string()
  .refine(
    (text): text is PhoneNumber => parsePhoneNumber(text) !== null,
    'must be a phone number in E.164 form, such as +15558675309',
  );

/** A page of phones: at most `limit`, those after the number `after`. */
export const handsetPage = z.object({ limit, after: phoneNumber.or(z.literal('')).default('') });

export const handsetPath = z.object({ number: phoneNumber });

export const mediaPath = handsetPath.extend({
  id: messageId,
  position: z
    .string()
    .regex(/^[0-9]{1,2}$/, 'must be a number from 0')
    .transform(Number),
});

/** What a phone sends. `To`: a phone number or a short code. */
export const handsetSends = z.object({
  To: z
    .string({ error: 'must be given once' })
    .refine(
      (text) => parsePhoneNumber(text) !== null || parseShortCode(text) !== null,
      'must be a phone number in E.164 form or a short code',
    ),
  Body: z
    .string({ error: 'must be given once' })
    .min(1, 'must not be empty')
    .max(MAX_BODY_UNITS, `must have at most ${MAX_BODY_UNITS} characters`)
    .refine((text) => !text.includes('\0'), 'must not contain NUL'),
});

/** @throws BadRequestException naming everything that is wrong */
export function valid<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadRequestException(parsed.error.issues.map(({ path, message }) => [...path, message].join(' ')));
}
