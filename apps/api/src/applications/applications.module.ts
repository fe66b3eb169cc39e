import { Module } from '@nestjs/common';
import { ApplicationDirectory } from './application-directory.js';
import { ApplicationsRepository } from './applications.repository.js';

@Module({ providers: [ApplicationsRepository, ApplicationDirectory], exports: [ApplicationDirectory] })
export class ApplicationsModule {}
