import { baseConfig, durationMsSetting, urlSetting } from '@heliograph/service-host';
import { z } from 'zod';

/** The environment of the simulated carrier. */
export const configSchema = z.object({
  ...baseConfig,
  /** Where a browser or a test reaches this service; links to media start with it. */
  HANDSETS_URL: urlSetting({ protocols: ['http', 'https'], example: 'http://localhost:8085' }),
  /** How long after taking a message the carrier sends its receipt. */
  RECEIPT_DELAY_MS: durationMsSetting({ minMs: 0, maxMs: 3_600_000, fallbackMs: 100 }),
});
export type SimulatorConfig = z.infer<typeof configSchema>;
