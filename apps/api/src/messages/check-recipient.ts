import { type CreateMessageRequest, errorEnvelope, refused } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import type { Account } from '../accounts/account.js';
import { VerifiedNumbersRepository } from '../caller-ids/verified-numbers.repository.js';
import { DestinationDirectory } from '../destinations/destination-directory.js';
import { OptOutDirectory } from '../opt-outs/opt-out-directory.js';
import { type DestinationJudgement, judgeDestination } from './judge-destination.js';

/** May this account send this message to its To, and can it go there? */
@Injectable()
export class CheckRecipient {
  constructor(
    private readonly verifiedNumbers: VerifiedNumbersRepository,
    private readonly optOuts: OptOutDirectory,
    private readonly destinations: DestinationDirectory,
  ) {}

  async check(account: Account, request: CreateMessageRequest): Promise<DestinationJudgement> {
    const { to, from } = request;
    if (account.type === 'Trial' && !(await this.verifiedNumbers.isVerified(account.sid, to))) {
      return refused(errorEnvelope('toUnverified', { to }));
    }
    if (await this.optOuts.isOptedOut(account.sid, from.address, to)) {
      return refused(errorEnvelope('recipientOptedOut'));
    }
    return judgeDestination(request, account.hasMmsFallback, await this.destinations.find(to));
  }
}
