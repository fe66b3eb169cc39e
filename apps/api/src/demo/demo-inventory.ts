import type { AvailableNumber } from '../numbers/number-inventory.repository.js';

const block = (first: number, count: number, canSendMms: boolean): AvailableNumber[] =>
  Array.from({ length: count }, (_, index) => ({ address: `+${first + index}`, canSendSms: true, canSendMms }));

/** What the demo accounts can get: two area codes, and one number that sends no MMS. */
export const demoInventory: readonly AvailableNumber[] = [
  ...block(14_158_150_000, 100, true),
  ...block(14_158_160_000, 1, false),
  ...block(12_125_550_100, 10, true),
];
