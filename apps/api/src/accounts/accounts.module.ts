import { CONFIG } from '@heliograph/service-host';
import { Module } from '@nestjs/common';
import type { ApiConfig } from '../config.js';
import { AccountDirectory } from './account-directory.js';
import { AccountsController } from './accounts.controller.js';
import { AccountsRepository } from './accounts.repository.js';
import { AuthTokenCipher } from './auth-token-cipher.js';
import { AuthenticateAccount } from './authenticate-account.js';
import { ListAccounts } from './list-accounts.js';
import { ReadAccount } from './read-account.js';
import { SigningKeyController } from './signing-key.controller.js';
import { UpdateAccount } from './update-account.js';

@Module({
  controllers: [AccountsController, SigningKeyController],
  providers: [
    AccountsRepository,
    AccountDirectory,
    AuthenticateAccount,
    ListAccounts,
    ReadAccount,
    UpdateAccount,
    {
      provide: AuthTokenCipher,
      inject: [CONFIG],
      useFactory: (config: ApiConfig) => new AuthTokenCipher(config.MASTER_KEY),
    },
  ],
  exports: [AccountDirectory, AccountsRepository, AuthenticateAccount],
})
export class AccountsModule {}
