import { type AccountSid, makeSid } from '@heliograph/domain';
import {
  errorEnvelope,
  type FormFields,
  parseCallerIdRequest,
  type Refusal,
  refused,
  type ValidationRecord,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { randomBytes, randomInt } from 'node:crypto';
import { VerificationsRepository } from './verifications.repository.js';
import { VerifiedNumbersRepository } from './verified-numbers.repository.js';

export type VerificationRequest = { readonly kind: 'requested'; readonly validation: ValidationRecord } | Refusal;

/** A customer wants a phone number verified: it gets a code, which the phone has ten minutes to send to any of our numbers. */
@Injectable()
export class RequestVerification {
  constructor(
    private readonly verifications: VerificationsRepository,
    private readonly verifiedNumbers: VerifiedNumbersRepository,
  ) {}

  async request(accountSid: AccountSid, fields: FormFields): Promise<VerificationRequest> {
    const parsed = parseCallerIdRequest(fields);
    if (parsed.kind === 'refused') return parsed;
    const { phoneNumber } = parsed.request;
    if (await this.verifiedNumbers.isVerified(accountSid, phoneNumber)) {
      return refused(errorEnvelope('callerIdVerified', { phoneNumber }));
    }
    await this.verifications.removeStale(accountSid);
    const callSid = makeSid('CA', randomBytes(16));
    for (;;) {
      const validation = { ...parsed.request, accountSid, callSid, code: makeCode() };
      if (await this.verifications.open(validation)) return { kind: 'requested', validation };
    }
  }
}

/** Six digits, the first not 0: older SDKs read the code as a number. */
const makeCode = (): string => String(randomInt(100_000, 1_000_000));
