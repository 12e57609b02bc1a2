/** NodeUnschedulable: cordoned nodes take only pods that tolerate it. */
import { reject, SKIP, type Plugin } from '../framework.js';
import { itself } from '../events.js';
import type { Handle } from '../handle.js';
import type { Node } from '../kinds.js';
import { tolerates } from '../selection.js';

const NAME = 'NodeUnschedulable';
const UNSCHEDULABLE = reject(NAME, 'UnschedulableAndUnresolvable', 'node(s) were unschedulable');
const TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

export const nodeUnschedulable = ({ cache }: Handle): Plugin => ({
  name: NAME,
  hints: {
    'Node/Add': (_, { spec }: Node) => spec.unschedulable !== true,
    'Node/UpdateTaint': (_, next: Node, previous: Node) => next.spec.unschedulable !== true && previous.spec.unschedulable === true,
    'UnscheduledPod/UpdateToleration': itself,
  },
  preFilter: () => (cache.cordoned.size === 0 ? SKIP : undefined),
  filter: (_, pod, node) => (!node.unschedulable || tolerates(pod.tolerations, TAINT) ? undefined : UNSCHEDULABLE),
});
