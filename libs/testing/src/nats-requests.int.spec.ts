import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { NatsRequests, NatsRequestServer, NatsRequestsModule } from '@heliograph/jetstream';
import { Controller, type INestApplication, Logger, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { eventually } from './eventually.js';
import { startTestNats, type TestNats } from './test-nats.js';

const double = {
  subject: 'request.sample.double.v1',
  request: z.object({ number: z.number() }),
  reply: z.object({ twice: z.number() }),
};

@Controller()
class SampleRequestsController {
  @MessagePattern(double.subject, Transport.NATS)
  async answer(@Payload() { number }: { number: number }): Promise<unknown> {
    if (number === 0) throw new Error('not zero');
    if (number === 1) return { twice: 'two' };
    if (number === 2) await sleep(1_000);
    return { twice: 2 * number, tooMuch: true };
  }
}

/** Real: NATS, and a NestJS service that asks itself. */
describe('requests between services', () => {
  let nats: TestNats;
  let service: INestApplication;
  let requests: NatsRequests;

  const startService = async (): Promise<INestApplication> => {
    @Module({ imports: [NatsRequestsModule.forRoot(nats.url, 'sample')], controllers: [SampleRequestsController] })
    class ServiceModule {}
    const started = await NestFactory.create(ServiceModule, new FastifyAdapter(), { logger: false });
    started.connectMicroservice({ strategy: started.get(NatsRequestServer) });
    await started.init();
    await started.startAllMicroservices();
    return started;
  };

  beforeAll(async () => {
    Logger.overrideLogger(false);
    nats = await startTestNats();
    service = await startService();
    requests = service.get(NatsRequests);
  }, 60_000);

  afterAll(async () => {
    await service.close();
    await nats.stop();
  }, 60_000);

  it('are answered in the shape that was defined', async () => {
    expect(await requests.ask(double, { number: 21 }, 5_000)).toEqual({ twice: 42 });
  });

  it('fail with an error when the other side does', async () => {
    await expect(requests.ask(double, { number: 0 }, 5_000)).rejects.toThrow(/Internal server error/);
  });

  it('fail when the answer has another shape', async () => {
    await expect(requests.ask(double, { number: 1 }, 5_000)).rejects.toThrow(/twice/);
  });

  it('fail when nobody answers in time', async () => {
    const startedAt = performance.now();
    await expect(requests.ask(double, { number: 2 }, 200)).rejects.toThrow(/Timeout/);
    expect(performance.now() - startedAt).toBeLessThan(900);
    await expect(requests.ask({ ...double, subject: 'request.nobody' }, { number: 3 }, 5_000)).rejects.toThrow(
      /no subscribers|no responders|Empty response/,
    );
  });

  it('fail while NATS is away, and go on once it is back', async () => {
    await nats.kill();
    await expect(requests.ask(double, { number: 3 }, 1_000)).rejects.toBeInstanceOf(Error);
    await nats.start();
    expect(await eventually(() => requests.ask(double, { number: 3 }, 500))).toEqual({ twice: 6 });
  }, 20_000);

  it('are answered from the moment that the service says it is started', async () => {
    const client = new NatsRequests(nats.url, 'client');
    await client.ask(double, { number: 5 }, 5_000);
    await service.close();
    for (let start = 0; start < 20; start += 1) {
      service = await startService();
      expect(await client.ask(double, { number: start + 5 }, 5_000)).toEqual({ twice: 2 * start + 10 });
      if (start < 19) await service.close();
    }
    await client.close();
  }, 20_000);

  it('leave no connection behind when the service ends', async () => {
    const own = new NatsRequests(nats.url, 'short-lived');
    await own.ask(double, { number: 4 }, 5_000);
    await own.close();
    await expect(new NatsRequests(nats.url, 'unused').close()).resolves.toBeUndefined();
  });
});
