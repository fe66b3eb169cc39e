import { baseConfig, durationMsSetting, optionalNumberSetting, urlSetting } from '@heliograph/service-host';
import { z } from 'zod';

/** The environment of the simulated carrier. */
export const configSchema = z.object({
  ...baseConfig,
  /** Where a browser or a test reaches this service; links to media start with it. */
  HANDSETS_URL: urlSetting({ protocols: ['http', 'https'], example: 'http://localhost:8085' }),
  /** Where other services reach this one: they fetch what a phone sends from there. */
  INTERNAL_URL: urlSetting({ protocols: ['http', 'https'], example: 'http://channel-simulator:4014' }),
  /** How long after taking a message the carrier sends its receipt. */
  RECEIPT_DELAY_MS: durationMsSetting({ minMs: 0, maxMs: 3_600_000, fallbackMs: 100 }),
  /** The most messages per second that the carrier wants of all dispatchers together; fractions are possible. */
  MAX_PER_SECOND: optionalNumberSetting({ min: 0.000_001, max: 1_000_000 }),
  /** The most messages that may be with the carrier and not yet answered. */
  MAX_IN_FLIGHT: optionalNumberSetting({ min: 1, max: 1_000_000_000, isWhole: true }),
});
export type SimulatorConfig = z.infer<typeof configSchema>;
