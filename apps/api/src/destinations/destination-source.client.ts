import { describeDestinations, type DestinationDescription } from '@heliograph/contracts';
import { NatsRequests } from '@heliograph/jetstream';
import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import type { ApiConfig } from '../config.js';
import { DestinationSource } from './destination-source.js';

/** The `dispatcher` service, asked over NATS. */
@Injectable()
export class DestinationSourceClient extends DestinationSource {
  constructor(
    @Inject(CONFIG) private readonly config: ApiConfig,
    private readonly requests: NatsRequests,
  ) {
    super();
  }

  async describe(numbers: readonly string[]): Promise<readonly DestinationDescription[]> {
    const request = { numbers: [...numbers] };
    const reply = await this.requests.ask(describeDestinations, request, this.config.DESTINATION_TIMEOUT_MS);
    return reply.destinations;
  }
}
