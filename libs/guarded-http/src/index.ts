export { AddressPolicy } from './address-policy.js';
export type { AddressVerdict } from './address-policy.js';
export type { FetchedResponse, FetchFailure, FetchOutcome, TimeoutStage } from './fetch-outcome.js';
export { GuardedHttpClient } from './guarded-client.js';
export type { GuardedHttpOptions, GuardedRequest } from './guarded-client.js';
export { withoutCredentials } from './target-url.js';
