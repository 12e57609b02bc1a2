/** Pods: what `get pods` shows of them, and where their rules are. */
import { defineKind, STATUS_VERBS } from '../define.js';
import type { Pod as PodType } from './types/pod.js';
import { podColumns } from './podcolumns.js';

export type Pod = PodType;

const PROXY = ['create', 'delete', 'get', 'patch', 'update'] as const;
const STREAM = ['create', 'get'] as const;
const v1 = (kind: string) => ({ group: '', version: 'v1', kind });

export const Pod = defineKind<PodType>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  shortNames: ['po'],
  categories: ['all'],
  subresources: [
    { name: 'attach', verbs: STREAM, kind: v1('PodAttachOptions') },
    { name: 'binding', verbs: ['create'], kind: v1('Binding') },
    { name: 'ephemeralcontainers', verbs: STATUS_VERBS },
    { name: 'eviction', verbs: ['create'], kind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
    { name: 'exec', verbs: STREAM, kind: v1('PodExecOptions') },
    { name: 'log', verbs: ['get'] },
    { name: 'portforward', verbs: STREAM, kind: v1('PodPortForwardOptions') },
    { name: 'proxy', verbs: PROXY, kind: v1('PodProxyOptions') },
    { name: 'resize', verbs: STATUS_VERBS },
    { name: 'status', verbs: STATUS_VERBS },
  ],
  columns: podColumns,
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIPs?.[0]?.ip ?? status.podIP ?? '',
    // As Kubernetes does: the field is known and never filled in.
    'status.podIPs': () => '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
  strategy: async () => (await import('./strategy/pod.js')).strategy,
});
