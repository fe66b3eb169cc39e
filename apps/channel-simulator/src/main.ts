import 'reflect-metadata';
import { startService } from '@heliograph/service-host';
import { definition } from './definition.js';

await startService(definition);
