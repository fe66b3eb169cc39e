import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { ApplicationsModule } from '../applications/applications.module.js';
import { AcquireNumber } from './acquire-number.js';
import { CheckApplications } from './check-applications.js';
import { IncomingPhoneNumbersController } from './incoming-phone-numbers.controller.js';
import { IncomingPhoneNumbersRepository } from './incoming-phone-numbers.repository.js';
import { ListNumbers } from './list-numbers.js';
import { NumberDirectory } from './number-directory.js';
import { NumberInventoryRepository } from './number-inventory.repository.js';
import { NumbersRepository } from './numbers.repository.js';
import { ReleaseNumber } from './release-number.js';
import { UpdateNumber } from './update-number.js';

@Module({
  imports: [AccountsModule, ApplicationsModule],
  controllers: [IncomingPhoneNumbersController],
  providers: [
    AcquireNumber,
    CheckApplications,
    IncomingPhoneNumbersRepository,
    ListNumbers,
    NumberDirectory,
    NumberInventoryRepository,
    NumbersRepository,
    ReleaseNumber,
    UpdateNumber,
  ],
  exports: [NumberDirectory],
})
export class NumbersModule {}
