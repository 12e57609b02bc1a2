/** TaintNodesByCondition: a node is born not ready. */
import { isResource, type AdmissionPlugin } from './plugin.js';

const NOT_READY = 'node.kubernetes.io/not-ready';

export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: (request) => isResource(request, '', 'nodes') && request.operation === 'CREATE',
  admit({ object }) {
    const taints = object.spec.taints ?? [];
    if (taints.some(({ key, effect }: { key: string; effect: string }) => key === NOT_READY && effect === 'NoSchedule')) return;
    object.spec.taints = [...taints, { key: NOT_READY, effect: 'NoSchedule' }];
  },
};
