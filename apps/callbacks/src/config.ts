import { isAllowEntry } from '@heliograph/guarded-http';
import { baseConfig, durationMsSetting, outsideHttpConfig } from '@heliograph/service-host';
import { z } from 'zod';

const DAY_MS = 86_400_000;
const SCALE = /^\d{1,3}(\.\d{1,6})?$/;

/** The environment of the service that calls customers' URLs. */
export const configSchema = z.object({
  ...baseConfig,
  /** For calling customers' URLs. */
  ...outsideHttpConfig(isAllowEntry),
  /** How long one attempt may take, from the connection to the end of the answer. */
  CALLBACK_TIMEOUT_MS: durationMsSetting({ minMs: 100, maxMs: 15_000, fallbackMs: 15_000 }),
  /** An endpoint that has failed for so long without a success is paused. */
  CALLBACK_PAUSE_AFTER_MS: durationMsSetting({ minMs: 100, fallbackMs: 2 * DAY_MS }),
  /** How often a paused endpoint is tried. */
  CALLBACK_PROBE_EVERY_MS: durationMsSetting({ minMs: 100, fallbackMs: 3_600_000 }),
  /** For how long a callback that is delivered or given up is kept, with its attempts. */
  CALLBACK_LOG_RETENTION_MS: durationMsSetting({ minMs: 1_000, fallbackMs: 30 * DAY_MS }),
  /** Every pause of the retry schedule is multiplied by this: tests have no three days. */
  CALLBACK_RETRY_SCALE: z
    .string()
    .refine((text) => SCALE.test(text) && Number(text) > 0, 'is not a number above 0')
    .transform(Number)
    .default(1)
    .describe('a number above 0, such as 0.01 (default 1)'),
});
export type CallbacksConfig = z.infer<typeof configSchema>;
