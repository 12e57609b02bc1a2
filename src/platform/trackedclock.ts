/** A clock that knows what was set on it, apart from all else that runs on the clock beneath: when one part of a cluster is next due. */
import type { Clock } from './clock.js';

export interface TrackedClock extends Clock {
  /** Milliseconds since the epoch of the next alarm that is no beat; undefined: none. */
  nextDue(): number | undefined;
}

export function trackedClock(clock: Clock): TrackedClock {
  const due = new Set<{ at: number }>();
  return {
    now: () => clock.now(),
    beat: (ms, fire) => clock.beat(ms, fire),
    after(ms, fire) {
      const alarm = { at: clock.now() + Math.max(0, ms) };
      due.add(alarm);
      const cancel = clock.after(ms, () => {
        due.delete(alarm);
        fire();
      });
      return () => {
        due.delete(alarm);
        cancel();
      };
    },
    nextDue() {
      let next: number | undefined;
      for (const { at } of due) if (next === undefined || at < next) next = at;
      return next;
    },
  };
}
