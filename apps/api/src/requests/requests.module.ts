import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { RequestIntake } from './request-intake.js';

@Module({ imports: [AccountsModule], providers: [RequestIntake] })
export class RequestsModule {}
