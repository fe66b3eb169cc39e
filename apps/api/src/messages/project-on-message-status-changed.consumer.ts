import { apiReadsMessageStatuses, messageStatusChanged } from '@heliograph/contracts';
import { ReadsBatches } from '@heliograph/jetstream';
import { Controller } from '@nestjs/common';
import { ProjectMessageStatuses, type StatusEvent } from './project-message-statuses.js';

@Controller()
export class ProjectOnMessageStatusChangedConsumer {
  constructor(private readonly projectMessageStatuses: ProjectMessageStatuses) {}

  @ReadsBatches(apiReadsMessageStatuses, messageStatusChanged)
  async project(batch: StatusEvent[]): Promise<void> {
    await this.projectMessageStatuses.project(batch);
  }
}
