import { Module } from '@nestjs/common';
import { CallerIdsController } from './caller-ids.controller.js';
import { ConfirmCallerIds } from './confirm-caller-ids.js';
import { ListCallerIds } from './list-caller-ids.js';
import { RenameCallerId } from './rename-caller-id.js';
import { RequestVerification } from './request-verification.js';
import { VerificationsRepository } from './verifications.repository.js';
import { VerifiedNumbersRepository } from './verified-numbers.repository.js';

@Module({
  controllers: [CallerIdsController],
  providers: [
    VerifiedNumbersRepository,
    VerificationsRepository,
    RequestVerification,
    ConfirmCallerIds,
    ListCallerIds,
    RenameCallerId,
  ],
  exports: [VerifiedNumbersRepository, ConfirmCallerIds],
})
export class CallerIdsModule {}
