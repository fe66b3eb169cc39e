import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TwilioErrorsFilter } from './twilio-errors.filter.js';

@Module({ providers: [{ provide: APP_FILTER, useClass: TwilioErrorsFilter }] })
export class ErrorsModule {}
