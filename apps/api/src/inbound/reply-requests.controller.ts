import { createReply, type CreateReplyReply } from '@heliograph/contracts';
import { Controller } from '@nestjs/common';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { CreateReply } from './create-reply.js';

/** Makes the replies that `callbacks` asks for. */
@Controller()
export class ReplyRequestsController {
  constructor(private readonly createReply: CreateReply) {}

  @MessagePattern(createReply.subject, Transport.NATS)
  async create(@Payload() payload: unknown): Promise<CreateReplyReply> {
    return await this.createReply.create(createReply.request.parse(payload));
  }
}
