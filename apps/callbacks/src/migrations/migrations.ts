import { CreateDeliveries1795472000000 } from './1795472000000-create-deliveries.js';
import { MarkDueDeliveries1795473000000 } from './1795473000000-mark-due-deliveries.js';
import { LogWhatWasAnswered1795610000001 } from './1795610000001-log-what-was-answered.js';
import { ReplayAndPause1795610000002 } from './1795610000002-replay-and-pause.js';
import { CreateInboundWebhooks1795620000001 } from './1795620000001-create-inbound-webhooks.js';

/** Every migration of the service, oldest first. */
export const migrations = [
  CreateDeliveries1795472000000,
  MarkDueDeliveries1795473000000,
  LogWhatWasAnswered1795610000001,
  ReplayAndPause1795610000002,
  CreateInboundWebhooks1795620000001,
];
