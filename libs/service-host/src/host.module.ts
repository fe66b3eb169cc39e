import { Global, Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { Readiness } from './health.js';
import { Logger } from './logger.js';

/** Injects the service's configuration: `@Inject(CONFIG) private readonly config: ConfigOfThatService`. */
export const CONFIG = Symbol('configuration');

/** What every service's providers may ask for: `CONFIG`, `Logger`, `Readiness`. */
@Global()
@Module({})
export class HostModule {
  static around(service: DynamicModule | Type, { config, logger, readiness }: HostProviders): DynamicModule {
    const providers = [
      { provide: CONFIG, useValue: config },
      { provide: Logger, useValue: logger },
      { provide: Readiness, useValue: readiness },
    ];
    return { module: HostModule, imports: [service], providers, exports: providers };
  }
}

export interface HostProviders {
  config: unknown;
  logger: Logger;
  readiness: Readiness;
}
