/** VolumeZone: bound volumes that carry labels of a zone or region are used there alone. */
import { reject, SKIP, type Plugin, type StateData } from '../framework.js';
import type { Handle } from '../handle.js';
import { claimsOf } from '../volumes.js';

const NAME = 'VolumeZone';
const NO_ZONE = reject(NAME, 'UnschedulableAndUnresolvable', 'node(s) had no available volume zone');
/** Names of labels, the former ones with those they have now. */
const KEYS: Readonly<Record<string, string>> = {
  'topology.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region': 'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};

interface Zones extends StateData {
  wanted: readonly { key: string; values: ReadonlySet<string> }[];
}

export const volumeZone = ({ sources }: Handle): Plugin => ({
  name: NAME,
  hints: {
    'StorageClass/Add': () => true,
    'Node/Add': () => true,
    'Node/UpdateLabel': () => true,
    'PersistentVolumeClaim/Add': (pod, claim) => claim.metadata.namespace === pod.namespace,
    'PersistentVolumeClaim/Update': (pod, claim) => claim.metadata.namespace === pod.namespace,
    'PersistentVolume/Add': () => true,
    'PersistentVolume/Update': () => true,
  },
  preFilter(cycle, pod) {
    const wanted = claimsOf(sources, pod).flatMap(({ spec }) => {
      const labels = (spec.volumeName ? sources.volumes.lister.get({ name: spec.volumeName }) : undefined)?.metadata.labels ?? {};
      return Object.keys(KEYS).flatMap((key) => (labels[key] === undefined ? [] : [{ key, values: new Set(labels[key].split('__')) }]));
    });
    if (wanted.length === 0) return SKIP;
    cycle.write(NAME, { wanted } satisfies Zones as StateData);
    return undefined;
  },
  filter(cycle, _, { labels }) {
    if (!Object.keys(KEYS).some((key) => labels[key] !== undefined)) return undefined;
    const { wanted } = cycle.read<Zones>(NAME)!;
    // A node without the former name is asked by the present one; not the other way round.
    const fits = wanted.every(({ key, values }) => values.has(labels[key] ?? labels[KEYS[key]!] ?? ''));
    return fits ? undefined : NO_ZONE;
  },
});
