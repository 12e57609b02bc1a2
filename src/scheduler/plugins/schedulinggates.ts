/** SchedulingGates: a pod with gates does not even wait for its turn. */
import { reject, type Plugin } from '../framework.js';
import { itself } from '../events.js';

const NAME = 'SchedulingGates';

export const schedulingGates = (): Plugin => ({
  name: NAME,
  hints: { 'UnscheduledPod/GatesEliminated': itself },
  preEnqueue({ pod: { spec } }) {
    const gates = spec.schedulingGates ?? [];
    if (gates.length === 0) return undefined;
    return reject(NAME, 'UnschedulableAndUnresolvable', `waiting for scheduling gates: [${gates.map(({ name }) => name).join(' ')}]`);
  },
});
