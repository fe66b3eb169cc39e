import { Module } from '@nestjs/common';
import { NotificationsRepository } from './notifications.repository.js';

@Module({ providers: [NotificationsRepository], exports: [NotificationsRepository] })
export class NotificationsModule {}
