import type { AccountSid } from '@heliograph/domain';
import { errorEnvelope, type ErrorEnvelope, type IncomingPhoneNumberSettings } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { ApplicationDirectory } from '../applications/application-directory.js';

/** Are the applications that a number shall use the account's own? */
@Injectable()
export class CheckApplications {
  constructor(private readonly applications: ApplicationDirectory) {}

  /** What refuses the first one that is not; null where all are. */
  async check(accountSid: AccountSid, settings: IncomingPhoneNumberSettings): Promise<ErrorEnvelope | null> {
    for (const sid of [settings.smsApplicationSid, settings.voiceApplicationSid]) {
      if (sid !== '' && (await this.applications.findOwned(accountSid, sid)) === null)
        return errorEnvelope('applicationNotAccessible', { sid });
    }
    return null;
  }
}
