/** TaintToleration: nodes repel pods that do not tolerate their taints; taints that only prefer count against a node. */
import type { Taint, Toleration } from '../../api/core/types/reference.js';
import { normalizeDefault, reject, SKIP, type Plugin, type StateData } from '../framework.js';
import { itself } from '../events.js';
import type { Handle } from '../handle.js';
import type { Node } from '../kinds.js';
import { emptyNode, type NodeInfo } from '../nodeinfo.js';
import type { PodInfo } from '../podinfo.js';
import { tolerates } from '../selection.js';

const NAME = 'TaintToleration';
const UNTOLERATED = reject(NAME, 'UnschedulableAndUnresolvable', 'node(s) had untolerated taint(s)');

interface Soft extends StateData {
  tolerations: readonly Toleration[];
}

/** The list of taints asked about last: most nodes share one. */
interface Hard extends StateData {
  taints: readonly Taint[] | undefined;
  fits: boolean;
}

export function fitsTaints(pod: PodInfo, { hardTaints }: NodeInfo): boolean {
  for (const taint of hardTaints) if (!tolerates(pod.tolerations, taint)) return false;
  return true;
}

export const taintToleration = ({ cache }: Handle): Plugin => ({
  name: NAME,
  hints: {
    'Node/Add': (pod, node: Node) => fitsTaints(pod, emptyNode(node)),
    'Node/UpdateTaint': (pod, next: Node, previous: Node) => fitsTaints(pod, emptyNode(next)) && !fitsTaints(pod, emptyNode(previous)),
    'UnscheduledPod/UpdateToleration': itself,
  },
  preFilter(cycle) {
    if (cache.hardTainted.size === 0) return SKIP;
    cycle.write(NAME, { taints: undefined, fits: true } satisfies Hard as StateData);
    return undefined;
  },
  filter(cycle, pod, node) {
    const last = cycle.read<Hard>(NAME)!;
    if (last.taints !== node.hardTaints) {
      last.fits = fitsTaints(pod, node);
      last.taints = node.hardTaints;
    }
    return last.fits ? undefined : UNTOLERATED;
  },
  preScore(cycle, pod) {
    if (cache.softTainted.size === 0) return SKIP;
    const tolerations = pod.tolerations.filter(({ effect }) => effect === undefined || effect === 'PreferNoSchedule');
    cycle.write(`PreScore${NAME}`, { tolerations } satisfies Soft as StateData);
    return undefined;
  },
  score(cycle, _, { softTaints }) {
    if (softTaints.length === 0) return 0;
    const { tolerations } = cycle.read<Soft>(`PreScore${NAME}`)!;
    return softTaints.filter((taint) => !tolerates(tolerations, taint)).length;
  },
  normalize: (_, scores) => normalizeDefault(scores, { reverse: true }),
});
