/**
 * How long a message may wait to be sent, in seconds, and how long it may where the customer names nothing. Twilio's documentation: from 1
 * to 36,000, which is also the default.
 */
export const LONGEST_VALIDITY_PERIOD_S = 36_000;
