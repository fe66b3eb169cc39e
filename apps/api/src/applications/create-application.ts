import { type AccountSid, makeSid } from '@heliograph/domain';
import {
  type ApplicationRecord,
  type FormFields,
  newApplication,
  parseApplicationParameters,
  type Refusal,
} from '@heliograph/twilio';
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { ApplicationsRepository } from './applications.repository.js';

export type ApplicationCreation = { readonly kind: 'created'; readonly application: ApplicationRecord } | Refusal;

/** A customer makes an application: URLs under one SID, that messages and numbers can refer to. */
@Injectable()
export class CreateApplication {
  constructor(private readonly applications: ApplicationsRepository) {}

  async create(accountSid: AccountSid, fields: FormFields): Promise<ApplicationCreation> {
    const parsed = parseApplicationParameters(fields, newApplication);
    if (parsed.kind === 'refused') return parsed;
    const application = await this.applications.add(makeSid('AP', randomBytes(16)), accountSid, parsed.settings);
    return { kind: 'created', application };
  }
}
