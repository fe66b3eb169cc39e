import { Module } from '@nestjs/common';
import { CurrentRoutes } from './current-routes.js';
import { RoutesRepository } from './routes.repository.js';

@Module({ providers: [RoutesRepository, CurrentRoutes], exports: [CurrentRoutes] })
export class RoutesModule {}
