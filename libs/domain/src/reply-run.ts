/** A run of replies from one number to one handset, each soon after the one before it. Times are milliseconds since the Unix epoch. */
export interface ReplyRun {
  readonly replyCount: number;
  readonly lastReplyAtMs: number;
  /** Until when further replies fail; null while the run is short enough. */
  readonly blockedUntilMs: number | null;
}

/** The most replies of one run. Twilio, error 14107: 30 messages, each within 30 seconds of the last; then none for 30 seconds. */
export const LONGEST_REPLY_RUN = 30;
const RUN_ENDS_AFTER_MS = 30_000;
const BLOCKED_FOR_MS = 30_000;

/**
 * Whether one more reply may go out, and the run that follows: what keeps two machines that answer each other from doing so for ever. A
 * reply that is refused does not lengthen the block.
 * @param run null where there was no reply yet
 */
export function extendReplyRun(
  run: ReplyRun | null,
  nowMs: number,
): { readonly isAllowed: boolean; readonly run: ReplyRun } {
  if (run !== null && run.blockedUntilMs !== null && nowMs < run.blockedUntilMs) return { isAllowed: false, run };
  const goesOn = run !== null && run.blockedUntilMs === null && nowMs - run.lastReplyAtMs <= RUN_ENDS_AFTER_MS;
  if (!goesOn) return { isAllowed: true, run: { replyCount: 1, lastReplyAtMs: nowMs, blockedUntilMs: null } };
  if (run.replyCount >= LONGEST_REPLY_RUN)
    return { isAllowed: false, run: { ...run, blockedUntilMs: nowMs + BLOCKED_FOR_MS } };
  return { isAllowed: true, run: { replyCount: run.replyCount + 1, lastReplyAtMs: nowMs, blockedUntilMs: null } };
}
