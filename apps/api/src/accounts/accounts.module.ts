import { CONFIG } from '@heliograph/service-host';
import { Module } from '@nestjs/common';
import type { ApiConfig } from '../config.js';
import { AccountDirectory } from './account-directory.js';
import { AccountsRepository } from './accounts.repository.js';
import { AuthTokenCipher } from './auth-token-cipher.js';
import { AuthenticateAccount } from './authenticate-account.js';
import { SigningKeyController } from './signing-key.controller.js';

@Module({
  controllers: [SigningKeyController],
  providers: [
    AccountsRepository,
    AccountDirectory,
    AuthenticateAccount,
    {
      provide: AuthTokenCipher,
      inject: [CONFIG],
      useFactory: (config: ApiConfig) => new AuthTokenCipher(config.MASTER_KEY),
    },
  ],
  exports: [AuthenticateAccount],
})
export class AccountsModule {}
