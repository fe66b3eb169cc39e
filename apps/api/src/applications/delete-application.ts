import type { AccountSid, ApplicationSid } from '@heliograph/domain';
import { Injectable } from '@nestjs/common';
import { ApplicationDirectory } from './application-directory.js';
import { ApplicationsRepository } from './applications.repository.js';

/** A customer deletes an application. Numbers forget it; messages that were accepted before still report to it. */
@Injectable()
export class DeleteApplication {
  constructor(
    private readonly applications: ApplicationsRepository,
    private readonly directory: ApplicationDirectory,
  ) {}

  /** Whether there was one. */
  async delete(accountSid: AccountSid, sid: ApplicationSid): Promise<boolean> {
    const wasThere = await this.applications.remove(accountSid, sid);
    this.directory.forget(sid);
    return wasThere;
  }
}
