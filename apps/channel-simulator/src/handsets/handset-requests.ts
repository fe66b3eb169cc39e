import { parseAlphanumericSenderId, parsePhoneNumber, parseShortCode, type PhoneNumber } from '@heliograph/domain';
import { BadRequestException } from '@nestjs/common';
import { z } from 'zod';
import { parseDataUrl } from './data-url.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
/** PostgreSQL's bigint and integer have more room than this. */
const LONGEST_ID = 18;
const MAX_BODY_UNITS = 1_600;
const MAX_MEDIA = 10;

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

const ONE_WAY =
  'is an alphanumeric sender ID, and those are one-way: a reply cannot reach them. Send to a phone number or a short code';

/** Where a phone can send to: a phone number or a short code. */
const reachable = z.string({ error: 'must be given once' }).superRefine((text, context) => {
  if (parsePhoneNumber(text) !== null || parseShortCode(text) !== null) return;
  const isName = parseAlphanumericSenderId(text) !== null;
  context.addIssue(isName ? ONE_WAY : 'must be a phone number in E.164 form or a short code');
});

const dataUrl = z
  .string()
  .transform((text) => parseDataUrl(text))
  .refine((content) => content !== null, 'must be a data URL in base64, such as data:image/png;base64,iVBORw0K…');

/** What a phone sends: text, pictures, or both. */
export const handsetSends = z
  .object({
    To: reachable,
    Body: z
      .string({ error: 'must be given once' })
      .max(MAX_BODY_UNITS, `must have at most ${MAX_BODY_UNITS} characters`)
      .refine((text) => !text.includes('\0'), 'must not contain NUL')
      .default(''),
    /** One, or several, each as a data URL. */
    Media: z
      .union([z.array(dataUrl), dataUrl.transform((content) => [content])])
      .refine((media) => media.length <= MAX_MEDIA, `must be at most ${MAX_MEDIA}`)
      .default([]),
    /** How a text goes that is too long for one segment: in parts, all of them or those named, in this order; in one unless given. */
    Parts: z
      .string({ error: 'must be given once' })
      .regex(/^(all|[1-9][0-9]?(,[1-9][0-9]?){0,99})$/, 'must be "all", or the numbers of parts, such as 3,1,2')
      .transform((text) => (text === 'all' ? text : text.split(',').map(Number)))
      .optional(),
  })
  .refine(({ Body, Media }) => Body !== '' || Media.length > 0, { path: ['Body'], message: 'must not be empty' });

/** Which parts of a text go out, in order. */
export type PartOrder = z.infer<typeof handsetSends>['Parts'];

/** Where the digits go that a phone types: a number of nobody's, as nobody called. */
const VERIFICATION_LINE = '+15005550000';

/** What a phone answers a call with that asks for a code: the six digits of `validation_code`. */
export const handsetTypes = z.object({
  Code: z.string({ error: 'must be given once' }).regex(/^[0-9]{6}$/, 'must be the six digits of the validation_code'),
  To: reachable.default(VERIFICATION_LINE),
});

/** @throws BadRequestException naming everything that is wrong */
export function valid<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadRequestException(parsed.error.issues.map(({ path, message }) => [...path, message].join(' ')));
}
