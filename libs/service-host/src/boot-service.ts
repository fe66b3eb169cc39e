import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { z } from 'zod';
import type { BaseConfig } from './config.js';
import { prepareHttpDrain } from './drain-http.js';
import { Readiness, registerHealthRoutes } from './health.js';
import { HostModule } from './host.module.js';
import { NestLogger } from './logger.js';
import type { Logger } from './logger.js';

type FastifyOptions = NonNullable<ConstructorParameters<typeof FastifyAdapter>[0]>;

/** What makes a service: its name, what it is configured with, its Nest module. */
export interface ServiceDefinition<Config extends BaseConfig> {
  /** As in every log line: `api`, `media`, … */
  name: string;
  configSchema: z.ZodObject & z.ZodType<Config>;
  module: (config: Readonly<Config>) => DynamicModule | Type;
  /** Runs before anything listens: transports (`app.connectMicroservice`), body parsers, filters. */
  configureApp?: (app: NestFastifyApplication, config: Readonly<Config>) => Promise<void> | void;
  /** Options of Fastify itself, such as `bodyLimit` in bytes (Fastify's default is 1 MiB) or `trustProxy`; fixed, or by the configuration. */
  fastify?: FastifyOptions | ((config: Readonly<Config>) => FastifyOptions);
}

/** A service that listens. */
export interface RunningService {
  app: NestFastifyApplication;
  /** Where HTTP is answered, such as `http://127.0.0.1:8080`. */
  url: string;
  /**
   * Goes down in order: `/readyz` says draining; HTTP takes no more and finishes what is in hand; `OnModuleDestroy` and
   * `BeforeApplicationShutdown` (stop loops, finish batches); NATS handlers stop; `OnApplicationShutdown` (close pools and connections).
   */
  stop(): Promise<void>;
}

/**
 * Starts a service inside this process: modules, then transports, then HTTP, then ready. Leaves the process itself alone
 * (no signal handlers, no exit); `startService` adds those.
 */
export async function bootService<Config extends BaseConfig>(
  definition: ServiceDefinition<Config>,
  config: Readonly<Config>,
  logger: Logger,
): Promise<RunningService> {
  const readiness = new Readiness();
  const { fastify } = definition;
  const adapter = new FastifyAdapter({ ...(typeof fastify === 'function' ? fastify(config) : fastify) });
  const host = HostModule.around(definition.module(config), { config, logger, readiness });
  const app = await NestFactory.create<NestFastifyApplication>(host, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  const drainHttp = prepareHttpDrain(app);
  try {
    registerHealthRoutes(app, readiness);
    await definition.configureApp?.(app, config);
    await app.init();
    await app.startAllMicroservices();
    await app.listen(config.HTTP_PORT, config.HTTP_HOST);
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
  readiness.started();
  const stop = async () => {
    readiness.draining();
    await drainHttp();
    await app.close();
  };
  return { app, url: await app.getUrl(), stop };
}
