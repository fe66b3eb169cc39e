import { Controller, Get, Inject, Injectable, Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { BaseConfig } from './config.js';
import { baseConfig, booleanSetting, integerSetting } from './config.js';
import { HealthModule } from './health.js';
import { CONFIG } from './host.module.js';
import { Logger } from './logger.js';
import { startService } from './start-service.js';

const configSchema = z.object({
  ...baseConfig,
  SLOW_MS: integerSetting({ min: 0, max: 60_000, fallback: 0 }),
  DEPENDENCY_UP: booleanSetting(true),
});
type TinyConfig = BaseConfig & z.infer<typeof configSchema>;

@Injectable()
class Store implements OnModuleDestroy, BeforeApplicationShutdown, OnApplicationShutdown {
  isOpen = true;
  constructor(private readonly logger: Logger) {}
  onModuleDestroy(): void {
    this.logger.info('hook.module-destroy');
  }
  beforeApplicationShutdown(): void {
    this.logger.info('hook.before-shutdown');
  }
  onApplicationShutdown(): void {
    this.isOpen = false;
    this.logger.info('hook.shutdown');
  }
}

@Controller()
class TinyController {
  constructor(
    @Inject(CONFIG) private readonly config: TinyConfig,
    private readonly store: Store,
    private readonly logger: Logger,
  ) {}

  @Get('slow')
  async slow(): Promise<{ storeWasOpen: boolean }> {
    this.logger.info('slow.started');
    await sleep(this.config.SLOW_MS);
    return { storeWasOpen: this.store.isOpen };
  }

  @Get('crash')
  crash(): string {
    setTimeout(() => {
      throw new Error('nobody caught +14158141829');
    }, 10);
    return 'soon';
  }
}

@Module({
  imports: [
    HealthModule.forRoot({
      inject: [CONFIG],
      useFactory: (config: TinyConfig) => [
        { name: 'up', check: async () => undefined },
        {
          name: 'dependency',
          check: () =>
            config.DEPENDENCY_UP ? Promise.resolve() : Promise.reject(new Error('refused by nats://u:p@host')),
        },
      ],
    }),
  ],
  controllers: [TinyController],
  providers: [Store],
})
class TinyModule {}

await startService({ name: 'tiny', configSchema, module: () => TinyModule, fastify: { bodyLimit: 1_024 } });
