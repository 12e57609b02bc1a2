/**
 * When history is dropped, for a store whose owner comes and goes: past a
 * number of dead revisions or bytes, for a bounded time, and never past the
 * position from which somebody still has to read.
 */
import type { Clock } from '../platform/clock.js';
import type { Store } from './store.js';

export const DEAD_REVISIONS_MAX = 10_000;
export const DEAD_BYTES_MAX = 32 * 1024 * 1024;
export const COMPACTION_BUDGET_MS = 50;
/** Revisions dropped at once: small enough to look at the time often. */
const STEP_REVISIONS = 2_000;

export interface CompactionPolicy {
  clock: Clock;
  /** The oldest saved position: reads and watches from here on go on working. Absent: nobody has one. */
  keepFrom?: number;
  deadRevisionsMax?: number;
  deadBytesMax?: number;
  budgetMs?: number;
}

/** Resolves to the store's compacted revision afterwards, moved or not; what the budget left over waits for the next call. */
export async function compactIfNeeded(store: Store, policy: CompactionPolicy): Promise<number> {
  const { clock, keepFrom = Infinity, deadRevisionsMax = DEAD_REVISIONS_MAX, deadBytesMax = DEAD_BYTES_MAX, budgetMs = COMPACTION_BUDGET_MS } = policy;
  const { revision, compactRevision, deadRevisions, deadBytes } = await store.status();
  if (deadRevisions <= deadRevisionsMax && deadBytes <= deadBytesMax) return compactRevision;
  const target = Math.min(revision, keepFrom);
  const endMs = clock.now() + budgetMs;
  let reached = compactRevision;
  while (reached < target && clock.now() <= endMs) {
    reached = Math.min(target, reached + STEP_REVISIONS);
    await store.compact(reached);
  }
  return reached;
}
