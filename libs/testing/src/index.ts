export { eventually } from './eventually.js';
export { startTestDatabase } from './test-database.js';
export type { TestDatabase } from './test-database.js';
export { startTestNats } from './test-nats.js';
export type { TestNats } from './test-nats.js';
export { startTestStack } from './test-stack.js';
export type { TestStackOptions } from './test-stack.js';
