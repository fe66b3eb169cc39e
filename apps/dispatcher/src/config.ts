import { CHANNEL_SILENCE_MS, channelName } from '@heliograph/contracts';
import { baseConfig, durationMsSetting } from '@heliograph/service-host';
import { z } from 'zod';

/** The dispatcher's environment. */
export const configSchema = z.object({
  ...baseConfig,
  /** The channel of what no route is about. */
  DEFAULT_CHANNEL: channelName.default('simulator').describe("a channel's name, such as simulator"),
  /** A channel that has not announced itself for so long is down. Channels announce themselves every second. */
  CHANNEL_SILENCE_MS: durationMsSetting({ minMs: 100, fallbackMs: CHANNEL_SILENCE_MS }),
  /** How long a channel may stay silent about a submission before it is asked again. */
  REDRIVE_AFTER_MS: durationMsSetting({ minMs: 1_000, fallbackMs: 60_000 }),
  /** How old the rates, carriers and routes in memory may be: after so long an import is in force everywhere. */
  IMPORTS_MAX_AGE_MS: durationMsSetting({ minMs: 10, fallbackMs: 500 }),
});
export type DispatcherConfig = z.infer<typeof configSchema>;
