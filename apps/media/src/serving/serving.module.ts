import { Module } from '@nestjs/common';
import { StoringModule } from '../storing/storing.module.js';
import { ContentController } from './content.controller.js';

@Module({ imports: [StoringModule], controllers: [ContentController] })
export class ServingModule {}
