import { Module } from '@nestjs/common';
import { ApplicationDirectory } from './application-directory.js';
import { ApplicationsController } from './applications.controller.js';
import { ApplicationsRepository } from './applications.repository.js';
import { CreateApplication } from './create-application.js';
import { DeleteApplication } from './delete-application.js';
import { ListApplications } from './list-applications.js';
import { UpdateApplication } from './update-application.js';

@Module({
  controllers: [ApplicationsController],
  providers: [
    ApplicationsRepository,
    ApplicationDirectory,
    CreateApplication,
    ListApplications,
    UpdateApplication,
    DeleteApplication,
  ],
  exports: [ApplicationDirectory],
})
export class ApplicationsModule {}
