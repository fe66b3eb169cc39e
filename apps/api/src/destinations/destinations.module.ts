import { Logger } from '@heliograph/service-host';
import { Module } from '@nestjs/common';
import { DestinationDirectory } from './destination-directory.js';
import { DestinationSourceClient } from './destination-source.client.js';
import { DestinationSource } from './destination-source.js';

@Module({
  providers: [
    { provide: DestinationSource, useClass: DestinationSourceClient },
    {
      provide: DestinationDirectory,
      inject: [DestinationSource, Logger],
      useFactory: (source: DestinationSource, logger: Logger) =>
        new DestinationDirectory(source, logger, () => performance.now()),
    },
  ],
  exports: [DestinationDirectory],
})
export class DestinationsModule {}
