export { LocalStack, startLocalStack } from './local-stack.js';
export type { LocalStackOptions } from './local-stack.js';
export { findNatsServerBinary } from './nats/nats-server-binary.js';
export { NatsServer } from './nats/nats-server.js';
export { withStackDatabase } from './operator-environment.js';
export { findFreePort } from './ports.js';
export { EmbeddedPostgres } from './postgres/embedded-postgres.js';
export { stackOptionsFrom } from './stack-options.js';
