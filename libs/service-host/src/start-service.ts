import { bootService } from './boot-service.js';
import type { ServiceDefinition } from './boot-service.js';
import { ConfigError, loadConfig } from './config.js';
import type { BaseConfig } from './config.js';
import { createLogger } from './logger.js';
import { ProcessLife } from './process-life.js';

/**
 * The whole of a service's `main.ts`: reads the configuration from the environment (every problem to stderr, then exit 1),
 * starts, and lives until SIGTERM or SIGINT. See `RunningService.stop` for the order of going down.
 */
export async function startService<Config extends BaseConfig>(definition: ServiceDefinition<Config>): Promise<void> {
  const config = configOrExit(definition);
  const logger = createLogger({ service: definition.name, level: config.LOG_LEVEL, unmasked: config.LOG_UNMASKED });
  const life = new ProcessLife(logger);
  life.begin();
  try {
    const service = await bootService(definition, config, logger);
    logger.info({ url: service.url, startupMs: Math.round(performance.now()) }, 'service.ready');
    life.started(service.stop);
  } catch (err) {
    logger.fatal({ err }, 'service.failed-to-start');
    process.exit(1);
  }
}

function configOrExit<Config extends BaseConfig>({ name, configSchema }: ServiceDefinition<Config>): Readonly<Config> {
  try {
    return loadConfig(configSchema, process.env) as Readonly<Config>;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${name} cannot start: ${error.message}\n`);
    process.exit(1);
  }
}
