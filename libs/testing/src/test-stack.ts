import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LocalStack, type LocalStackOptions, startLocalStack } from '@heliograph/local-stack';

export interface TestStackOptions extends Pick<LocalStackOptions, 'serviceSettings' | 'replicas'> {
  /** Long codes that the full account owns beside those of the demo. */
  readonly extraNumbers?: number;
}

/** Everything that `npm start` starts, with data in a folder of its own and free ports; `remove()` leaves nothing behind. */
export async function startTestStack({ extraNumbers, ...options }: TestStackOptions = {}): Promise<LocalStack> {
  const { api, ...others } = options.serviceSettings ?? {};
  const settings = { ...others, api: { ...api, ...(extraNumbers && { SEED_EXTRA_NUMBERS: String(extraNumbers) }) } };
  const dataFolder = mkdtempSync(join(tmpdir(), 'heliograph-e2e-'));
  return await startLocalStack({ ...options, serviceSettings: settings, dataFolder });
}
