import type { AccountSid, ApplicationSid } from '@heliograph/domain';
import { type FormFields, parseApplicationParameters } from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { ApplicationDirectory } from './application-directory.js';
import { type ApplicationChange, ApplicationsRepository } from './applications.repository.js';

/** A customer changes an application. Messages that were accepted before keep the URL that it had then. */
@Injectable()
export class UpdateApplication {
  constructor(
    private readonly applications: ApplicationsRepository,
    private readonly directory: ApplicationDirectory,
  ) {}

  async update(accountSid: AccountSid, sid: ApplicationSid, fields: FormFields): Promise<ApplicationChange> {
    const change = await this.applications.change(accountSid, sid, (current) =>
      parseApplicationParameters(fields, current),
    );
    this.directory.forget(sid);
    return change;
  }
}
