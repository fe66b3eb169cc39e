import type { ServiceDefinition } from '@heliograph/service-host';
import { AppModule } from './app.module.js';
import { type MediaConfig, configSchema } from './config.js';
import { NatsRequestServer } from '@heliograph/jetstream';

/** A client that takes nothing for so long is given up. */
const STALLED_AFTER_MS = 60_000;

/** The whole service, for `main.ts` and for tests that boot it inside their own process. */
export const definition: ServiceDefinition<MediaConfig> = {
  name: 'media',
  configSchema: configSchema,
  module: (config) => AppModule.with(config),
  fastify: ({ TRUST_PROXY }) => ({
    trustProxy: TRUST_PROXY.length > 0 ? TRUST_PROXY : false,
    connectionTimeout: STALLED_AFTER_MS,
  }),
  configureApp(app) {
    app.connectMicroservice({ strategy: app.get(NatsRequestServer) });
  },
};
