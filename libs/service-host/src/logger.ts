import type { LoggerService } from '@nestjs/common';
import { pino } from 'pino';
import type { DestinationStream, Level, LevelWithSilent } from 'pino';
import { isError, maskFields, maskText } from './mask.js';

/** What a line says beside its message: ids, counts, outcomes, and `err` for an error. */
export type LogFields = object;

/**
 * Structured log lines, masked. Type and injection token. One wide line per unit of work, named like an event
 * (`delivery.attempted`), with every id; ask `isLevelEnabled` before working for a debug line.
 */
export abstract class Logger {
  abstract trace(message: string): void;
  abstract trace(fields: LogFields, message: string): void;
  abstract debug(message: string): void;
  abstract debug(fields: LogFields, message: string): void;
  abstract info(message: string): void;
  abstract info(fields: LogFields, message: string): void;
  abstract warn(message: string): void;
  abstract warn(fields: LogFields, message: string): void;
  abstract error(message: string): void;
  abstract error(fields: LogFields, message: string): void;
  abstract fatal(message: string): void;
  abstract fatal(fields: LogFields, message: string): void;
  abstract isLevelEnabled(level: Level): boolean;
  /** A logger whose lines all carry `fields`. */
  abstract child(fields: LogFields): Logger;
}

export interface LoggerOptions {
  /** The service's name; in every line as `service`. */
  service: string;
  level: LevelWithSilent;
  /** Switches the masking off. */
  unmasked: boolean;
  /** Where the lines go; standard output when left out. */
  destination?: DestinationStream;
}

/** Writes one JSON object per line: `level`, `time` (RFC 3339, UTC), `service`, `pid`, the fields, `msg`. */
export function createLogger({ service, level, unmasked, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: { service, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // maskFields has written errors out already; pino would take its plain object for an error once more.
    serializers: { err: unmasked ? pino.stdSerializers.err : (written: unknown) => written },
  };
  // Synchronous: the last lines before the process ends come out, and in their order.
  const stdout = pino.destination({ fd: 1, sync: true });
  return new PinoLogger(pino(options, destination ?? stdout), unmasked);
}

class PinoLogger extends Logger {
  constructor(
    private readonly pino: pino.Logger,
    private readonly unmasked: boolean,
  ) {
    super();
  }

  trace(first: string | LogFields, message?: string): void {
    this.write('trace', first, message);
  }
  debug(first: string | LogFields, message?: string): void {
    this.write('debug', first, message);
  }
  info(first: string | LogFields, message?: string): void {
    this.write('info', first, message);
  }
  warn(first: string | LogFields, message?: string): void {
    this.write('warn', first, message);
  }
  error(first: string | LogFields, message?: string): void {
    this.write('error', first, message);
  }
  fatal(first: string | LogFields, message?: string): void {
    this.write('fatal', first, message);
  }

  isLevelEnabled(level: Level): boolean {
    return this.pino.isLevelEnabled(level);
  }

  child(fields: LogFields): Logger {
    return new PinoLogger(this.pino.child(this.unmasked ? { ...fields } : maskFields(fields)), this.unmasked);
  }

  private write(level: Level, first: string | LogFields, message?: string): void {
    if (!this.pino.isLevelEnabled(level)) return;
    if (typeof first === 'string') this.pino[level](this.unmasked ? first : maskText(first));
    else if (this.unmasked) this.pino[level](first, message);
    else this.pino[level](maskFields(first), maskText(message ?? (first instanceof Error ? first.message : '')));
  }
}

/** Nest's own chatter while it starts; debug lines, whatever level it gives them. */
const FRAMEWORK_CONTEXTS = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

/**
 * What stands behind Nest's `Logger`: its own lines, and those of libraries that know no other logger. An object becomes fields;
 * its `event`, if it has one, becomes the message.
 */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write(FRAMEWORK_CONTEXTS.has(String(rest.at(-1))) ? 'debug' : 'info', message, rest);
  }
  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }
  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }
  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }
  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }
  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest appends the context as the last text, and for errors a stack before it. */
  private write(level: Level, message: unknown, rest: unknown[]): void {
    const texts = rest.filter((entry) => typeof entry === 'string');
    const context = texts.at(-1);
    const stack = texts.length > 1 ? texts[0] : undefined;
    const err = [message, ...rest].find(isError);
    if (typeof message !== 'object' || message === null || isError(message)) {
      return this.logger[level]({ context, stack, err }, isError(message) ? message.message : String(message));
    }
    const { event, ...fields } = message as Record<string, unknown>;
    this.logger[level](
      { ...fields, context, stack, err: err ?? fields.err },
      typeof event === 'string' ? event : 'nest',
    );
  }
}
