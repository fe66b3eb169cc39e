import { JetStreamStrategy } from '@heliograph/jetstream';
import type { ServiceDefinition } from '@heliograph/service-host';
import { AppModule } from './app.module.js';
import { configSchema, type SimulatorConfig } from './config.js';

/** The service as `main.ts` starts it, and tests start it inside their own process. */
export const definition: ServiceDefinition<SimulatorConfig> = {
  name: 'channel-simulator',
  configSchema,
  module: AppModule.with,
  // A phone sends its pictures as data URLs: Twilio's 5 MB, in base64, percent-encoded.
  fastify: { bodyLimit: 12 * 1_024 * 1_024 },
  configureApp: (app) => {
    app.connectMicroservice({ strategy: app.get(JetStreamStrategy) });
  },
};
