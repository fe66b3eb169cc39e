import { Module } from '@nestjs/common';
import { VerifiedNumbersRepository } from './verified-numbers.repository.js';

@Module({ providers: [VerifiedNumbersRepository], exports: [VerifiedNumbersRepository] })
export class CallerIdsModule {}
