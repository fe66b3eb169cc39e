import { Module } from '@nestjs/common';
import { JobsRepository } from './jobs.repository.js';
import { MoveMessageStatus } from './move-message-status.js';

@Module({ providers: [JobsRepository, MoveMessageStatus], exports: [JobsRepository, MoveMessageStatus] })
export class JobsModule {}
