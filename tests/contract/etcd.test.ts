/**
 * The contract of a store on a real etcd, one for all tests: each test has a
 * prefix of its own, and counts revisions from where it began.
 */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { systemClock } from '../../src/platform/clock.js';
import { openEtcdStore } from '../../src/store/etcd/etcd.js';
import { restoreMemoryStore } from '../../src/store/memory.js';
import { NO_ETCD, startEtcd, type TestEtcd } from '../support/etcd.js';
import { rebased } from './rebased.js';
import { storeContract } from './store.contract.js';

const RACES = 'what is sent together reaches etcd in any order';
const REAL_TIME = "etcd's leases run by etcd's clock; see tests/store/etcd";
const NOT_TOLD = 'etcd does not tell';

if (NO_ETCD !== undefined) test.skip(`a store over etcd (${NO_ETCD})`, () => {});
else {
  describe('with an etcd', () => {
    let etcd: TestEtcd;
    let tests = 0;
    beforeAll(async () => (etcd = await startEtcd({ args: ['--max-txn-ops', '10000'] })));
    afterAll(() => etcd.remove());

    storeContract(
      'etcd',
      async ({ clock, quiescence }) => {
        const store = await openEtcdStore({ endpoints: [etcd.endpoint], keyspace: { own: '', theirs: `test/${tests++}/` }, clock: systemClock, quiescence });
        for (const { id } of await store.leases()) await store.leaseRevoke(id);
        const first = (await store.status()).revision;
        return {
          store: rebased(store, first),
          remote: true,
          restore: async (chunks) => rebased(await restoreMemoryStore(chunks, { clock, quiescence }), first),
        };
      },
      {
        'a write is read by who awaited it, and by nobody before': RACES,
        'writes that arrive together have a revision each, in their order': RACES,
        'one refused does not stop those that arrived with it': RACES,
        'of two that both expect the same revision, one succeeds': RACES,
        'a future revision in either branch is refused': 'etcd looks at the branch it takes',
        'a watch from the compacted revision itself hears of a delete there': 'etcd before 3.4.34 and 3.5.16 forgets it',
        'never goes back, also where two arrive together': RACES,
        'progress is told where there was no event': `${NOT_TOLD} of others' commits at once`,
        'drops everything of a deleted key': `${NOT_TOLD} what a compaction would drop`,
        'the status says what a compaction would drop, before and after one': `${NOT_TOLD} what a compaction would drop`,
        'the policy waits for enough, and never passes a saved position': `${NOT_TOLD} what a compaction would drop`,
        'a lease that ends takes its keys along, in one revision': REAL_TIME,
        'keeping alive starts the time again': REAL_TIME,
        'several end each at its own time': REAL_TIME,
        'hold one revision with everything but history, while writes go on': REAL_TIME,
      },
    );
  });
}
