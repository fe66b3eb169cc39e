import { JetStreamStrategy, NatsRequestServer } from '@heliograph/jetstream';
import type { ServiceDefinition } from '@heliograph/service-host';
import { AppModule } from './app.module.js';
import { configSchema, type DispatcherConfig } from './config.js';

/** What `main.ts` starts, and tests start inside their own process. */
export const definition: ServiceDefinition<DispatcherConfig> = {
  name: 'dispatcher',
  configSchema,
  module: AppModule.with,
  configureApp: (app) => {
    app.connectMicroservice({ strategy: app.get(JetStreamStrategy) });
    app.connectMicroservice({ strategy: app.get(NatsRequestServer) });
  },
};
