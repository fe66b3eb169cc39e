export {
  baseConfig,
  booleanSetting,
  cidrListSetting,
  ConfigError,
  durationMsSetting,
  integerSetting,
  loadConfig,
  optionalNumberSetting,
  outsideHttpConfig,
  portSetting,
  urlSetting,
  verbatimTextSetting,
} from './config.js';
export type { BaseConfig, ConfigProblem } from './config.js';
export { DueLoop } from './due-loop.js';
export type { NextDueMs } from './due-loop.js';
export { formatTable } from './format-table.js';
export { HealthModule, Readiness } from './health.js';
export type { HealthOptions, ReadinessCheck, ReadinessReport } from './health.js';
export { CONFIG } from './host.module.js';
export { createLogger, Logger } from './logger.js';
export type { LogFields, LoggerOptions } from './logger.js';
export { maskFields, maskText } from './mask.js';
export { CommandFailure, runOperatorCommands, UsageError } from './operator-commands.js';
export type { OperatorCommand } from './operator-commands.js';
export { parseCsv } from './parse-csv.js';
export type { BadLine, ParsedCsv } from './parse-csv.js';
export { readCsvFile } from './read-csv-file.js';
export { bootService } from './boot-service.js';
export type { RunningService, ServiceDefinition } from './boot-service.js';
export { sidsFor } from './wide-line.js';
export { startService } from './start-service.js';
