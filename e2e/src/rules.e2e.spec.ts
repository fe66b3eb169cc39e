import { afterAll, beforeAll, describe } from '@jest/globals';
import { callbacksRules } from './rules/callbacks.js';
import { contentRules } from './rules/content.js';
import { mmsFallbackRules } from './rules/mms-fallback.js';
import { numbersRules } from './rules/numbers.js';
import { priceRules } from './rules/price.js';
import { sendersRules } from './rules/senders.js';
import { trialRules } from './rules/trial.js';
import { validityRules } from './rules/validity.js';
import { World } from './rules/world.js';

/** Every sentence of the page that the product began from, through Twilio's SDK; docs/rules.md says which test proves which. */
describe('the rules', () => {
  const world = new World();
  beforeAll(() => world.start(), 90_000);
  afterAll(() => world.stop(), 60_000);

  sendersRules(world);
  contentRules(world);
  mmsFallbackRules(world);
  trialRules(world);
  priceRules(world);
  validityRules(world);
  callbacksRules(world);
  numbersRules(world);
});
