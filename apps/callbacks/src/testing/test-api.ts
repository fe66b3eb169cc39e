import {
  createReply,
  type CreateReplyReply,
  type CreateReplyRequest,
  signingKey,
  type SigningKeyReply,
} from '@heliograph/contracts';
import { makeSid } from '@heliograph/domain';
import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { randomBytes } from 'node:crypto';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { parseNatsUrl } from '@heliograph/jetstream';

/** What the `api` of a test answers, by account SID; it knows no other accounts. */
export const authTokens = new Map<string, string>();

@Controller()
class SigningKeyController {
  @MessagePattern(signingKey.subject, Transport.NATS)
  answer(@Payload() payload: unknown): SigningKeyReply {
    const authToken = authTokens.get(signingKey.request.parse(payload).accountSid);
    return authToken === undefined ? { kind: 'unknown' } : { kind: 'found', authToken };
  }
}

/** The replies that the `api` of a test was asked for, and what it answers. */
export const repliesAsked: CreateReplyRequest[] = [];
const created = (): CreateReplyReply => ({ kind: 'created', messageSid: makeSid('SM', randomBytes(16)) });
export const replyDouble: { answer: (request: CreateReplyRequest) => CreateReplyReply | Promise<CreateReplyReply> } = {
  answer: created,
};
export function resetReplies(): void {
  repliesAsked.length = 0;
  replyDouble.answer = created;
}

@Controller()
class ReplyController {
  @MessagePattern(createReply.subject, Transport.NATS)
  async answer(@Payload() payload: unknown): Promise<CreateReplyReply> {
    const request = createReply.request.parse(payload);
    repliesAsked.push(request);
    return await replyDouble.answer(request);
  }
}

@Module({ controllers: [SigningKeyController, ReplyController] })
class TestApiModule {}

/** Answers requests for signing keys and replies as `api` does, over real NATS. */
export async function startTestApi(natsUrl: string): Promise<INestMicroservice> {
  const options = { ...parseNatsUrl(natsUrl), queue: 'api', maxReconnectAttempts: -1 };
  const api = await NestFactory.createMicroservice(TestApiModule, {
    transport: Transport.NATS,
    options,
    logger: false,
  });
  await api.listen();
  return api;
}
