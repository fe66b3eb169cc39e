import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@heliograph/service-host';
import type { DispatcherConfig } from '../config.js';
import { Refreshed } from '../imports/refreshed.js';
import { RouteTable } from './route-table.js';
import { RoutesRepository } from './routes.repository.js';

/** The routes as the last import has them. */
@Injectable()
export class CurrentRoutes {
  private readonly table: Refreshed<RouteTable>;

  constructor(
    routes: RoutesRepository,
    @Inject(CONFIG) config: Pick<DispatcherConfig, 'IMPORTS_MAX_AGE_MS' | 'DEFAULT_CHANNEL'>,
  ) {
    const source = {
      readVersion: () => routes.readVersion(),
      read: async () => new RouteTable(await routes.read(), config.DEFAULT_CHANNEL),
    };
    this.table = new Refreshed(source, config.IMPORTS_MAX_AGE_MS);
  }

  /** @throws when they cannot be read */
  async get(): Promise<RouteTable> {
    return await this.table.get();
  }
}
