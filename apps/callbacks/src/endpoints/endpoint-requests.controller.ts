import {
  listEndpoints,
  type ListEndpointsReply,
  resumeEndpoint,
  type ResumeEndpointReply,
} from '@heliograph/contracts';
import { Database } from '@heliograph/postgres';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { EndpointsRepository } from './endpoints.repository.js';
import { resumeEndpointOf } from './resume-endpoint.js';

/** As many as fit into one answer with room to spare. */
const MOST_LISTED = 1_000;

/** Answers what `api` asks about endpoints for a customer. A request that breaks the contract is an error. */
@Controller()
export class EndpointRequestsController {
  constructor(
    private readonly database: Database,
    private readonly endpoints: EndpointsRepository,
  ) {}

  @MessagePattern(listEndpoints.subject, Transport.NATS)
  async list(@Payload() payload: unknown): Promise<ListEndpointsReply> {
    const { accountSid } = listEndpoints.request.parse(payload);
    return { endpoints: await this.endpoints.list(accountSid, MOST_LISTED) };
  }

  @MessagePattern(resumeEndpoint.subject, Transport.NATS)
  async resume(@Payload() payload: unknown): Promise<ResumeEndpointReply> {
    const { accountSid, endpointSid } = resumeEndpoint.request.parse(payload);
    return await resumeEndpointOf(this.database, accountSid, endpointSid);
  }
}
