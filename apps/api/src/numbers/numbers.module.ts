import { Module } from '@nestjs/common';
import { NumberDirectory } from './number-directory.js';
import { NumbersRepository } from './numbers.repository.js';

@Module({ providers: [NumbersRepository, NumberDirectory], exports: [NumberDirectory] })
export class NumbersModule {}
