import { JetStreamStrategy, NatsRequestServer } from '@heliograph/jetstream';
import type { ServiceDefinition } from '@heliograph/service-host';
import { AppModule } from './app.module.js';
import { type ApiConfig, configSchema } from './config.js';
import { answerBrokenConnection, answerUnroutable } from './errors/framework-errors.js';
import { makeRequestId, RequestIntake } from './requests/request-intake.js';

/** The whole service, for `main.ts` and for tests that boot it inside their own process. */
export const definition: ServiceDefinition<ApiConfig> = {
  name: 'api',
  configSchema: configSchema,
  module: (config) => AppModule.with(config),
  fastify: {
    genReqId: makeRequestId,
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerBrokenConnection,
    // Node looks for requests that take too long only this often, by default every 30 s.
    // It would answer a request without Host with an empty body; RequestIntake answers it in full.
    http: { connectionsCheckingInterval: 1_000, requireHostHeader: false },
    // Queries are decoded where they are used, strictly; Fastify's own way forgives malformed ones.
    routerOptions: { querystringParser: () => ({}) },
  },
  configureApp(app, config) {
    app.get(RequestIntake).install(app, config);
    app.connectMicroservice({ strategy: app.get(JetStreamStrategy) });
    app.connectMicroservice({ strategy: app.get(NatsRequestServer) });
  },
};
