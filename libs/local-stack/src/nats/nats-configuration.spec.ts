import { expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import * as contracts from '@heliograph/contracts';
import { natsConfiguration } from './nats-configuration.js';

const isStream = (value: unknown): value is contracts.StreamDefinition =>
  typeof value === 'object' && value !== null && 'retention' in value && 'subjects' in value;

it('lets observers read every stream of events, and no other', () => {
  const streams = Object.values(contracts).filter(isStream);
  const ofEvents = streams.filter(({ subjects }) => subjects.every((subject) => subject.startsWith('event.')));
  expect(new Set(contracts.eventStreams)).toEqual(new Set(ofEvents));
});

it('is what docker-compose.yml says, but for where things are', () => {
  const compose = readFileSync(new URL('../../../../docker-compose.yml', import.meta.url), 'utf8');
  const said = compose.slice(compose.indexOf('accounts {'), compose.indexOf('\nvolumes:'));
  const configuration = natsConfiguration({
    listen: '',
    storeFolder: '',
    servicePassword: '${NATS_SERVICE_PASSWORD:?}',
    observerPassword: '${NATS_OBSERVER_PASSWORD:?}',
  });
  const linesOf = (text: string) => text.trim().split(/\n\s*/);
  const expected = configuration.slice(configuration.indexOf('accounts {')).replaceAll('$JS', '$$$$JS');
  expect(linesOf(said)).toEqual(linesOf(expected));
});
