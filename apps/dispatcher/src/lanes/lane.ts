import type { SenderType } from '@heliograph/contracts';

/**
 * How late a claim may be without costing pace, and by how much the time between two messages may fall short for it. Covers the
 * delays of timers and of the way from the claim to the carrier.
 */
export const PACE_TOLERANCE_US = 20_000;

/** What names a lane. A number belongs to one account at a time; a name in its place may be used by many. */
export function laneKey(accountSid: string, senderType: SenderType, from: string): string {
  return senderType === 'alphanumeric' ? `${accountSid}/${from}` : from;
}

/** Twilio's page: one message per second per long code. */
const LONG_CODE_INTERVAL_US = 1_000_000;

/** Microseconds between two messages of one sender; 0 for no pace. */
export function laneIntervalUs(senderType: SenderType): number {
  return senderType === 'long-code' ? LONG_CODE_INTERVAL_US : 0;
}
