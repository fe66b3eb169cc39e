import type { Logger } from './logger.js';

const STOP_DEADLINE_MS = 20_000;

/** What makes the process end: signals, an error that nobody caught. */
export class ProcessLife {
  private stop: (() => Promise<void>) | undefined;
  private isStopping = false;

  constructor(private readonly logger: Logger) {}

  begin(): void {
    process.on('SIGTERM', (signal) => void this.end(signal));
    process.on('SIGINT', (signal) => void this.end(signal));
    process.on('uncaughtException', (err) => this.crash(err, 'process.uncaught-exception'));
    process.on('unhandledRejection', (err) => this.crash(err, 'process.unhandled-rejection'));
  }

  started(stop: () => Promise<void>): void {
    this.stop = stop;
  }

  private async end(reason: string): Promise<void> {
    if (this.isStopping) {
      this.logger.warn({ reason }, 'service.stopped-at-once');
      process.exit(1);
    }
    this.isStopping = true;
    const startedMs = performance.now();
    this.logger.info({ reason }, 'service.stopping');
    setTimeout(() => this.giveUp(), STOP_DEADLINE_MS).unref();
    try {
      await this.stop?.();
    } catch (err) {
      this.crash(err, 'service.failed-to-stop');
    }
    this.logger.info({ reason, durationMs: Math.round(performance.now() - startedMs) }, 'service.stopped');
    process.exit(0);
  }

  private giveUp(): void {
    this.logger.fatal({ deadlineMs: STOP_DEADLINE_MS }, 'service.stop-deadline-passed');
    process.exit(1);
  }

  private crash(err: unknown, message: string): never {
    this.logger.fatal({ err }, message);
    process.exit(1);
  }
}
