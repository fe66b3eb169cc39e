/** Every status a message can show, in Twilio's words. */
export type MessageStatus =
  | OutboundStatus
  | 'accepted'
  | 'scheduled'
  | 'canceled'
  | 'receiving'
  | 'received'
  | 'read'
  | 'partially_delivered';

/** The statuses of an outbound message that was given a sender. */
export type OutboundStatus = 'queued' | 'sending' | 'sent' | 'delivered' | 'undelivered' | 'failed';

/** The statuses that the customer hears of: each is an event and a status callback. */
export type AnnouncedStatus = 'sent' | 'delivered' | 'undelivered' | 'failed';

/**
 * The steps of an outbound message. `failed`: the carrier never took it. `undelivered`: it took it, and then reported that the handset
 * did not get it. `sent` stays the last word where no receipt comes.
 */
const STEPS: Readonly<Record<OutboundStatus, readonly OutboundStatus[]>> = {
  queued: ['sending', 'failed'],
  sending: ['sent', 'failed'],
  sent: ['delivered', 'undelivered'],
  delivered: [],
  undelivered: [],
  failed: [],
};

const SEQUENCES: Readonly<Record<AnnouncedStatus, number>> = { sent: 1, failed: 1, delivered: 2, undelivered: 2 };

/** Whether nothing can follow this status. */
export function isFinal(status: OutboundStatus): boolean {
  return STEPS[status].length === 0;
}

/** Whether `to` lies ahead of `from`, in one step or over steps in between. A status is not ahead of itself. */
export function canMove(from: OutboundStatus, to: OutboundStatus): boolean {
  return stepsTo(from, to) !== null;
}

/**
 * The announced statuses on the way from `from` to `to`, in order, `to` included. A `delivered` receipt that overtakes the carrier's
 * answer while the message is still queued passes through `sent`: `['sent', 'delivered']`. Empty where `to` is not ahead of `from`.
 */
export function pathTo(from: OutboundStatus, to: AnnouncedStatus): AnnouncedStatus[] {
  return (stepsTo(from, to) ?? []).filter(isAnnounced);
}

/** Whether the customer hears of this status. */
export function isAnnounced(status: MessageStatus): status is AnnouncedStatus {
  return Object.hasOwn(SEQUENCES, status);
}

/** The place of an announced status among those of its message: 1 or 2, the same on every path that leads to it. */
export function sequenceOf(status: AnnouncedStatus): number {
  return SEQUENCES[status];
}

function stepsTo(from: OutboundStatus, to: OutboundStatus): OutboundStatus[] | null {
  for (const next of STEPS[from]) {
    if (next === to) return [next];
    const rest = stepsTo(next, to);
    if (rest !== null) return [next, ...rest];
  }
  return null;
}
