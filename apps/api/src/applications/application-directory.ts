import { type AccountSid, isSid } from '@heliograph/domain';
import { Injectable } from '@nestjs/common';
import { lookupSettings } from '../directory/lookup-settings.js';
import { RecentLookup } from '../directory/recent-lookup.js';
import { ApplicationsRepository, type StatusReceiver } from './applications.repository.js';

/** Applications by SID, as far as sending a message asks for them; at most half a second old. */
@Injectable()
export class ApplicationDirectory {
  private readonly lookup: RecentLookup<StatusReceiver>;

  constructor(applications: ApplicationsRepository) {
    this.lookup = new RecentLookup({ ...lookupSettings, load: (sids) => applications.findStatusReceivers(sids) });
  }

  /** The application, or null where this account has none such. */
  async findOwned(accountSid: AccountSid, applicationSid: string): Promise<StatusReceiver | null> {
    if (!isSid(applicationSid, 'AP')) return null;
    const application = await this.lookup.find(applicationSid);
    return application !== null && application.accountSid === accountSid ? application : null;
  }

  /** Called after every change, so that this replica shows it at once; the others follow when their answers are too old. */
  forget(applicationSid: string): void {
    this.lookup.forget(applicationSid);
  }
}
