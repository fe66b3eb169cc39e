import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@heliograph/service-host';
import type { DispatcherConfig } from '../config.js';
import { Refreshed } from '../imports/refreshed.js';
import { type CarrierTable, carrierTableOf } from './carrier.js';
import { CarriersRepository } from './carriers.repository.js';

/** The carriers as the last import has them. */
@Injectable()
export class CurrentCarriers {
  private readonly table: Refreshed<CarrierTable>;

  constructor(carriers: CarriersRepository, @Inject(CONFIG) config: Pick<DispatcherConfig, 'IMPORTS_MAX_AGE_MS'>) {
    const source = {
      readVersion: () => carriers.readVersion(),
      read: async () => carrierTableOf(await carriers.read()),
    };
    this.table = new Refreshed(source, config.IMPORTS_MAX_AGE_MS);
  }

  /** @throws when they cannot be read */
  async get(): Promise<CarrierTable> {
    return await this.table.get();
  }
}
