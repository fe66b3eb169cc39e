import { CONFIG } from '@heliograph/service-host';
import { Inject, Injectable } from '@nestjs/common';
import type { CallbacksConfig } from '../config.js';

/** When an endpoint is paused, and how often a paused one is tried. */
@Injectable()
export class PauseLimits {
  /** It must have failed for as long, without a success. */
  readonly pauseAfterMs: number;
  readonly probeEveryMs: number;

  constructor(@Inject(CONFIG) config: Pick<CallbacksConfig, 'CALLBACK_PAUSE_AFTER_MS' | 'CALLBACK_PROBE_EVERY_MS'>) {
    this.pauseAfterMs = config.CALLBACK_PAUSE_AFTER_MS;
    this.probeEveryMs = config.CALLBACK_PROBE_EVERY_MS;
  }
}
