import { baseConfig, durationMsSetting } from '@heliograph/service-host';
import { z } from 'zod';
import { CHANNEL_NAME } from './routes/channel-name.js';

/** The dispatcher's environment. */
export const configSchema = z.object({
  ...baseConfig,
  /** The channel that carries everything, until routes are data. */
  DEFAULT_CHANNEL: z
    .string()
    .regex(CHANNEL_NAME, 'is not the name of a channel')
    .default('simulator')
    .describe("a channel's name, such as simulator"),
  /** How long a channel may stay silent about a submission before it is asked again. */
  REDRIVE_AFTER_MS: durationMsSetting({ minMs: 1_000, fallbackMs: 60_000 }),
  /** How old the rates and carriers in memory may be: after so long an import is in force everywhere. */
  IMPORTS_MAX_AGE_MS: durationMsSetting({ minMs: 10, fallbackMs: 500 }),
});
export type DispatcherConfig = z.infer<typeof configSchema>;
