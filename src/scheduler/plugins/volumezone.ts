/** VolumeZone: bound volumes that carry labels of a zone or region are used there alone. */
import { reject, SKIP, type Plugin, type StateData } from '../framework.js';
import type { Handle } from '../handle.js';
import { claimsOf } from '../volumes.js';

const NAME = 'VolumeZone';
const NO_ZONE = reject(NAME, 'UnschedulableAndUnresolvable', 'node(s) had no available volume zone');
/** Each with the name it had before. */
const KEYS: readonly (readonly [string, string])[] = [
  ['topology.kubernetes.io/zone', 'failure-domain.beta.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'failure-domain.beta.kubernetes.io/region'],
];

interface Zones extends StateData {
  wanted: readonly { keys: readonly [string, string]; values: ReadonlySet<string> }[];
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
      return KEYS.flatMap((keys) => keys.filter((key) => labels[key] !== undefined).map((key) => ({ keys, values: new Set(labels[key]!.split('__')) })));
    });
    if (wanted.length === 0) return SKIP;
    cycle.write(NAME, { wanted } satisfies Zones as StateData);
    return undefined;
  },
  filter(cycle, _, { labels }) {
    if (!KEYS.flat().some((key) => labels[key] !== undefined)) return undefined;
    const { wanted } = cycle.read<Zones>(NAME)!;
    const fits = wanted.every(({ keys, values }) => keys.some((key) => labels[key] !== undefined && values.has(labels[key])));
    return fits ? undefined : NO_ZONE;
  },
});
