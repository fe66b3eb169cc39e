import { JetStreamStrategy, NatsRequestServer } from '@heliograph/jetstream';
import type { ServiceDefinition } from '@heliograph/service-host';
import { AppModule } from './app.module.js';
import { configSchema, type CallbacksConfig } from './config.js';

/** The service as `main.ts` starts it, and tests start it inside their own process. */
export const definition: ServiceDefinition<CallbacksConfig> = {
  name: 'callbacks',
  configSchema,
  module: AppModule.with,
  configureApp: (app) => {
    app.connectMicroservice({ strategy: app.get(JetStreamStrategy) });
    app.connectMicroservice({ strategy: app.get(NatsRequestServer) });
  },
};
