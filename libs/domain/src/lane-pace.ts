/** A lane's state and the moment it is looked at. All times are whole microseconds since one epoch, by one clock. */
export interface LanePaceInput {
  /** When the lane may send next; 0 for a lane that never sent. */
  readonly nextAtUs: number;
  readonly nowUs: number;
  /** Time between two sends at full pace. */
  readonly intervalUs: number;
  /** How much lateness may be made up for; 0 for none. */
  readonly toleranceUs: number;
}

export interface LanePace {
  /** Whether the lane may send now. */
  readonly due: boolean;
  /** 0 when due. */
  readonly waitUs: number;
  /** What `nextAtUs` becomes when one message is sent now. Only meant for a lane that is due. */
  readonly nextAtUsAfterSend: number;
}

/**
 * The generic cell rate algorithm (ITU-T I.371 annex A, in its virtual scheduling form): a lane needs no counter and no window, only the
 * time at which it may send next. A lane is due when that time has come, and a send moves it:
 *
 *     nextAt' = max(nextAt, now - tolerance) + interval
 *
 * While the lane is busy, `nextAt` advances by exactly one interval per message, so a claim that comes up to `tolerance` late costs
 * no throughput: the next one is due that much earlier. After idleness or an outage `nextAt` is far behind and the second operand
 * takes over: the past is forgotten but for `tolerance`, so there is no burst. In any window, k sends take at least
 * (k - 1) * interval - tolerance.
 */
export function paceLane({ nextAtUs, nowUs, intervalUs, toleranceUs }: LanePaceInput): LanePace {
  const waitUs = Math.max(0, nextAtUs - nowUs);
  const nextAtUsAfterSend = Math.max(nextAtUs, nowUs - toleranceUs) + intervalUs;
  return { due: waitUs === 0, waitUs, nextAtUsAfterSend };
}
