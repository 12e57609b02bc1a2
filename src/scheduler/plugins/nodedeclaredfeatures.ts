/** NodeDeclaredFeatures: a pod that needs a feature of the kubelet goes only where the node says that it has it. */
import { reject, SKIP, type Plugin, type StateData } from '../framework.js';
import { always } from '../events.js';
import type { Node, Pod } from '../kinds.js';

const NAME = 'NodeDeclaredFeatures';

interface Needs extends StateData {
  features: readonly string[];
}

/** Features by what of a pod's spec needs them. */
const FEATURES: readonly (readonly [string, (spec: Pod['spec']) => boolean])[] = [
  [
    'RestartAllContainersOnContainerExits',
    ({ containers, initContainers = [] }) =>
      [...containers, ...initContainers].some(({ restartPolicyRules = [] }) => restartPolicyRules.some(({ action }) => action === 'RestartAllContainers')),
  ],
  ['UserNamespacesHostNetworkSupport', ({ hostNetwork, hostUsers }) => hostNetwork === true && hostUsers === false],
];

export const nodeDeclaredFeatures = (): Plugin => ({
  name: NAME,
  hints: {
    'Node/Add': always,
    'Node/UpdateDeclaredFeature': (_, next: Node, previous: Node) =>
      JSON.stringify(next.status.declaredFeatures) !== JSON.stringify(previous.status.declaredFeatures),
  },
  preFilter(cycle, { pod: { spec } }) {
    const features = FEATURES.flatMap(([name, isNeeded]) => (isNeeded(spec) ? [name] : []));
    if (features.length === 0) return SKIP;
    cycle.write(NAME, { features } satisfies Needs as StateData);
    return undefined;
  },
  filter(cycle, _, { node }) {
    const declared = node?.status.declaredFeatures ?? [];
    const missing = cycle.read<Needs>(NAME)!.features.filter((name) => !declared.includes(name));
    return missing.length === 0
      ? undefined
      : reject(NAME, 'UnschedulableAndUnresolvable', `node declared features check failed - unsatisfied requirements: ${missing.join(', ')}`);
  },
});
