import { signingKey, type SigningKeyReply } from '@heliograph/contracts';
import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
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

@Module({ controllers: [SigningKeyController] })
class TestApiModule {}

/** Answers requests for signing keys as `api` does, over real NATS. */
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
