import { Logger } from '@nestjs/common';
import { AbstractLogger, type LogLevel, type LogMessage } from 'typeorm';

/** TypeORM's warnings and errors, in the service's own log instead of on its standard output. */
export class TypeOrmLogger extends AbstractLogger {
  private readonly nest = new Logger('TypeORM');

  constructor() {
    super(['warn', 'error', 'migration']);
  }

  protected writeLog(level: LogLevel, message: LogMessage | string | number | (LogMessage | string | number)[]): void {
    for (const { type, message: text } of this.prepareLogMessages(message, { highlightSql: false })) {
      const line = { event: `typeorm.${type ?? level}`, message: String(text) };
      if (level === 'error' || type === 'error') this.nest.error(line);
      else if (level === 'warn' || type === 'warn') this.nest.warn(line);
      else this.nest.debug(line);
    }
  }
}
