import assert from 'node:assert/strict';
import { test } from 'vitest';
import { seededRandom } from '../../src/platform/random.js';
import { createWorld, logOf, startPod } from './support/world.js';

const SCRIPTS = [
  'i=0; while true; do echo $i; i=$((i+1)); sleep 5; done',
  'for i in 1 2 3 4 5 6; do x=$(echo $i | tr 1-9 a-i); case $x in a|c) echo "odd $x";; *) echo "$x" >> /tmp/log;; esac; sleep 1; done; cat /tmp/log; exit 7',
  'f() { local n=$1; [ $n -le 0 ] && return 3; echo "f $n"; sleep 2; f $((n-1)); }; f 4; echo "r $?"',
  'trap "echo bye" EXIT; (sleep 3; echo sub) & echo main; wait; seq 5 | while read n; do echo "<$n>"; sleep 1; done',
  'cd /tmp; cat > a <<EOF\nx $((2*3))\ny\nEOF\nwhile read l; do echo "$l"; sleep 1; done < a; sort -r a | sed s/x/z/',
];

async function run(script: string, freezes: number): Promise<{ log: string; code: number; state: string }> {
  const world = createWorld({ seed: 7 });
  const chance = seededRandom(freezes + 1);
  let node = world.node('n1', 1);
  const { id, config } = await startPod(node, 'busybox', ['sh', '-c', script], { name: 'p' });
  const freeze = async (): Promise<void> => {
    const state = JSON.parse(JSON.stringify(node.freeze()));
    await node.close();
    node = world.node('n1', 1, node.files);
    await node.thaw(state);
  };
  for (let second = 0; second < 40; second++) {
    for (let left = freezes; left > 0; left--) {
      // Between any two turns of the event loop, so also in the middle of what the script does.
      for (let turns = chance.int(3); turns > 0; turns--) await Promise.resolve();
      await freeze();
    }
    await world.clock.advance(500);
  }
  const { exitCode, state } = await node.runtime.containerStatus(id);
  return { log: logOf(node, config), code: exitCode, state };
}

for (const [at, script] of SCRIPTS.entries()) {
  test(`script ${at} goes on after a freeze as if nothing had been`, async () => {
    const whole = await run(script, 0);
    assert.notEqual(whole.log, '');
    assert.deepEqual(await run(script, 1), whole);
    assert.deepEqual(await run(script, 3), whole);
  });
}
