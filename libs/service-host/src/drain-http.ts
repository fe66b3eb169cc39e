import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const IDLE_CHECK_MS = 100;

/**
 * Lets HTTP go down without cutting anyone off. Call it before the app listens; the function it returns closes the port, resolves
 * when the last answer is out, and meanwhile every answer says `Connection: close`. Node leaves a connection that was busy at the
 * moment of closing open for its whole keep-alive time (72 s in Fastify), so connections that became idle are closed here.
 */
export function prepareHttpDrain(app: NestFastifyApplication): () => Promise<void> {
  let isDraining = false;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onSend', async (_request, reply) => {
    if (isDraining) reply.header('connection', 'close');
  });
  return async () => {
    isDraining = true;
    const timer = setInterval(() => fastify.server.closeIdleConnections(), IDLE_CHECK_MS);
    await app
      .getHttpAdapter()
      .close()
      .finally(() => clearInterval(timer));
  };
}
