import { parsePhoneNumber, parseShortCode } from '@heliograph/domain';
import { z } from 'zod';
import type { AvailableNumber } from './number-inventory.repository.js';

const yesOrNo = z
  .enum(['yes', 'no'], { error: 'is neither yes nor no; write one of them' })
  .transform((text) => text === 'yes');

/** One line of a file of numbers, column by column; docs/operating.md describes them. */
export const inventoryLine = z
  .object({
    phone_number: z
      .string()
      .refine(
        (text) => (parsePhoneNumber(text) ?? parseShortCode(text)) !== null,
        'is no number; write it in E.164 form, such as +14155550100, or the digits of a short code',
      ),
    sms: yesOrNo,
    mms: yesOrNo,
  })
  .refine(({ sms, mms }) => sms || !mms, 'mms is yes and sms is no; a number that sends MMS sends SMS, too');

export const keyOfInventoryLine = (line: z.output<typeof inventoryLine>): string => line.phone_number;

export const availableNumberFrom = ({ phone_number, sms, mms }: z.output<typeof inventoryLine>): AvailableNumber => ({
  address: phone_number,
  canSendSms: sms,
  canSendMms: mms,
});
