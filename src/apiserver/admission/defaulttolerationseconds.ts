/** DefaultTolerationSeconds: a pod stays five minutes on a node that is lost, unless it says otherwise. */
import { isPod, type AdmissionPlugin } from './plugin.js';

const SECONDS = 300;
const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

interface Toleration {
  key?: string;
  effect?: string;
  operator?: string;
}

function tolerates(tolerations: readonly Toleration[], wanted: string): boolean {
  for (const { key = '', effect = '' } of tolerations) if ((key === wanted || key === '') && (effect === 'NoExecute' || effect === '')) return true;
  return false;
}

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: (request) => isPod(request) && (request.operation === 'CREATE' || request.operation === 'UPDATE'),
  admit({ object, operation, previous }) {
    const { spec } = object;
    // As Kubernetes does: a running pod cannot be given what it once refused.
    const tolerations: readonly Toleration[] = spec.tolerations ?? [];
    if (operation === 'UPDATE' && previous === undefined) return;
    const missing = KEYS.filter((wanted) => !tolerates(tolerations, wanted));
    if (missing.length === 0) return;
    const added = [...tolerations, ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: SECONDS }))];
    // The spec of an update may be the stored one itself, which nobody edits.
    if (Object.isFrozen(spec)) object.spec = { ...spec, tolerations: added };
    else spec.tolerations = added;
  },
};
