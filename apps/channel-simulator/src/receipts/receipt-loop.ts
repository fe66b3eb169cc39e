import { CONFIG, Logger } from '@heliograph/service-host';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { SimulatorConfig } from '../config.js';
import { DueLoop } from '@heliograph/service-host';
import { SendDueReceipts } from './send-due-receipts.js';

const IDLE_MS = 1_000;

/** Sends receipts for as long as the service lives. What a restart interrupts is found in the table. */
@Injectable()
export class ReceiptLoop implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop: DueLoop;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<SimulatorConfig, 'RECEIPT_DELAY_MS'>,
    sendDueReceipts: SendDueReceipts,
    logger: Logger,
  ) {
    const warn = (err: unknown) => logger.warn({ err }, 'receipts.not-sent');
    this.loop = new DueLoop(() => sendDueReceipts.send(), warn, IDLE_MS);
  }

  onApplicationBootstrap(): void {
    this.loop.wake();
  }

  async onModuleDestroy(): Promise<void> {
    await this.loop.stop();
  }

  /** Says that receipts have just been planned. */
  expectReceipts(): void {
    this.loop.wake(this.config.RECEIPT_DELAY_MS);
  }
}
