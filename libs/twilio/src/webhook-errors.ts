import { deliveryErrorTitle } from './delivery-errors.js';

/** Titles of the codes for what is wrong with a webhook or its answer, in the wording of Twilio's error dictionary. */
const WEBHOOK_ERROR_TITLES: ReadonlyMap<number, string> = new Map([
  [11100, 'Invalid URL format'],
  [11243, 'HTTP retry policy is invalid'],
  [11750, 'TwiML response body too large'],
  [12100, 'Document parse failure'],
  [12101, 'Invalid Twilio Markup XML version'],
  [12102, 'The root element must be Response'],
  [12200, 'Schema validation warning'],
  [14101, 'Invalid "To" attribute'],
  [14102, 'Invalid "From" attribute'],
  [14103, 'Invalid Body'],
  [14104, 'Invalid Method attribute'],
  [14105, 'Invalid statusCallback attribute'],
  [14106, 'Document retrieval limit reached'],
  [14108, 'From phone number not SMS capable'],
  [14109, 'TwiML Reply message limit exceeded'],
  [14110, 'Invalid Verb for SMS Reply'],
  [14111, 'Invalid To phone number for Trial mode'],
]);

const WARNINGS = new Set([12200, 14101, 14102, 14103, 14104, 14105, 14106, 14108, 14109, 14110, 14111]);

/** What the code means, or null for a code without a title here. */
export const webhookErrorTitle = (code: number): string | null =>
  WEBHOOK_ERROR_TITLES.get(code) ?? deliveryErrorTitle(code);

/** How Twilio's log ranks the code. */
export const webhookErrorLevel = (code: number): 'error' | 'warning' => (WARNINGS.has(code) ? 'warning' : 'error');
