import { announcedStatus, type AnnouncedStatus } from '@heliograph/contracts';
import type { AccountSid } from '@heliograph/domain';
import { type CreateMessageRequest, errorEnvelope, type Refusal, refused } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { ApplicationDirectory } from '../applications/application-directory.js';

/** Where the statuses of a message are told, and which. */
export interface StatusCallback {
  readonly kind: 'chosen';
  /** Null for nowhere. */
  readonly statusCallback: string | null;
  readonly statusCallbackOn: readonly AnnouncedStatus[];
}

/** What an application's MessageStatusCallback is told of, and no more. */
const TOLD_TO_APPLICATIONS: readonly AnnouncedStatus[] = ['sent', 'failed'];

/** An application's MessageStatusCallback comes before the message's own StatusCallback, which counts where the application has none. */
@Injectable()
export class ChooseStatusCallback {
  constructor(private readonly applications: ApplicationDirectory) {}

  /** Refused when the account has no such application. */
  async choose(accountSid: AccountSid, request: CreateMessageRequest): Promise<StatusCallback | Refusal> {
    const { applicationSid, statusCallback } = request;
    const toldOfAll = { kind: 'chosen', statusCallback, statusCallbackOn: announcedStatus.options } as const;
    if (applicationSid === null) return toldOfAll;
    const application = await this.applications.findOwned(accountSid, applicationSid);
    if (application === null) return refused(errorEnvelope('applicationUnknown', { sid: applicationSid }));
    const { messageStatusCallback } = application;
    if (messageStatusCallback === null) return toldOfAll;
    return { kind: 'chosen', statusCallback: messageStatusCallback, statusCallbackOn: TOLD_TO_APPLICATIONS };
  }
}
