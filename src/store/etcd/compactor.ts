/**
 * Compaction of an etcd that several API servers share, as kube-apiserver does
 * it and together with it: whoever moves the key first in a round compacts, to
 * where the store was a round ago; the others learn from the key that it was done.
 */
import type { Store } from '../store.js';
import { CompactedError } from '../store.js';

/** kube-apiserver's own key; its version counts the rounds. */
const ROUND_KEY = 'compact_rev_key';

export interface Compactor {
  /** One round. Resolves to the revision it compacted at, or undefined where there was nothing to do or another did it. */
  round(): Promise<number | undefined>;
}

/** `whole`: a store that knows every key of the etcd. */
export function createCompactor(whole: Store): Compactor {
  let rounds = 0;
  let keepFrom = 0;
  return {
    async round() {
      const { succeeded, results, revision } = await whole.txn({
        compare: [{ key: ROUND_KEY, target: 'version', op: '=', operand: rounds }],
        success: [{ type: 'put', key: ROUND_KEY, value: Buffer.from(String(keepFrom)) }],
        failure: [{ type: 'range', range: { key: ROUND_KEY } }],
      });
      const before = keepFrom;
      keepFrom = revision;
      const [found] = results;
      if (!succeeded) {
        rounds = found?.type === 'range' ? (found.range.kvs[0]?.version ?? 0) : 0;
        return undefined;
      }
      rounds++;
      // As kube-apiserver does: a server that has just begun does not know what others still read.
      if (before === 0) return undefined;
      return whole.compact(before).then(
        () => before,
        (error: unknown) => {
          if (error instanceof CompactedError) return undefined; // somebody has, by hand
          throw error;
        },
      );
    },
  };
}
