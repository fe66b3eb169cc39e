import { Module } from '@nestjs/common';
import { OptOutDirectory } from './opt-out-directory.js';
import { OptOutsRepository } from './opt-outs.repository.js';

@Module({
  providers: [OptOutDirectory, OptOutsRepository],
  exports: [OptOutDirectory, OptOutsRepository],
})
export class OptOutsModule {}
