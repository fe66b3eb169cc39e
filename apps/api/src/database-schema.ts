import { AccountEntity } from './accounts/account.entity.js';
import { AuthTokenEntity } from './accounts/auth-token.entity.js';
import { ApplicationEntity } from './applications/application.entity.js';
import { VerifiedNumberEntity } from './caller-ids/verified-number.entity.js';
import { migrations } from './migrations/migrations.js';
import { NumberEntity } from './numbers/number.entity.js';

/** The service's own part of PostgreSQL. Entities only for the tables that seldom change. */
export const databaseSchema = {
  schema: 'api',
  migrations,
  entities: [AccountEntity, AuthTokenEntity, NumberEntity, VerifiedNumberEntity, ApplicationEntity],
};
