/**
 * Bringing a cluster's clock up to now: what fell due while nobody looked
 * happens in its order, in virtual time. Bounded by steps and by cluster time,
 * never by the machine's speed, so that one history is one history everywhere;
 * past the bound the cluster has slept, as a suspended laptop has.
 */
import type { VirtualClock } from '../platform/clock.js';

/** Most alarms that are replayed one by one. */
const CATCH_UP_STEPS_MAX = 5_000;
/** Longest time that is replayed; of a longer absence the last part is slept through. */
const CATCH_UP_SPAN_MAX_MS = 3_600_000;

export async function catchUp(clock: VirtualClock, nowMs: number): Promise<void> {
  const behind = nowMs - clock.now();
  if (behind < 0) return; // the machine's clock was set back: the cluster's stands until it is reached again
  const steps = await clock.advance(Math.min(behind, CATCH_UP_SPAN_MAX_MS), { stepsMax: CATCH_UP_STEPS_MAX });
  if (steps >= CATCH_UP_STEPS_MAX || clock.now() < nowMs) await clock.jump(nowMs);
}
