/** Nodes: stored as minions, which they once were. */
import { defineKind, PROXY_VERBS, statusSubresource } from '../define.js';
import { ageColumn, column, nameColumn, wideColumn } from '../columns.js';
import type { Node as NodeType } from './types/node.js';

export type Node = NodeType;

const ROLE_LABEL = 'node-role.kubernetes.io/';

function statusText({ spec, status }: NodeType): string {
  const ready = (status.conditions ?? []).find(({ type }) => type === 'Ready');
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return spec.unschedulable === true ? `${word},SchedulingDisabled` : word;
}

function roles(labels: Readonly<Record<string, string>>): string {
  const found = Object.keys(labels).flatMap((key) => (key.startsWith(ROLE_LABEL) && key !== ROLE_LABEL ? [key.slice(ROLE_LABEL.length)] : []));
  const named = labels['kubernetes.io/role'];
  const all = [...new Set(named ? [...found, named] : found)].sort();
  return all.length === 0 ? '<none>' : all.join(',');
}

function address({ status }: NodeType, wanted: string): string {
  return (status.addresses ?? []).find(({ type }) => type === wanted)?.address ?? '<none>';
}

function kernel({ status: { nodeInfo } }: NodeType): string {
  const version = nodeInfo.kernelVersion || '<unknown>';
  return nodeInfo.architecture ? `${version} (${nodeInfo.architecture})` : version;
}

export const Node = defineKind<NodeType>({
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  shortNames: ['no'],
  namespaced: false,
  prefix: '/registry/minions',
  subresources: [{ name: 'proxy', verbs: PROXY_VERBS, kind: { group: '', version: 'v1', kind: 'NodeProxyOptions' } }, statusSubresource],
  columns: [
    nameColumn,
    column('Status', statusText),
    column('Roles', ({ metadata }) => roles(metadata.labels ?? {})),
    ageColumn,
    column('Version', ({ status }) => status.nodeInfo.kubeletVersion),
    wideColumn('Internal-IP', (node: NodeType) => address(node, 'InternalIP')),
    wideColumn('External-IP', (node: NodeType) => address(node, 'ExternalIP')),
    wideColumn('OS-Image', ({ status }: NodeType) => status.nodeInfo.osImage || '<unknown>'),
    wideColumn('Kernel-Version', kernel),
    wideColumn('Container-Runtime', ({ status }: NodeType) => status.nodeInfo.containerRuntimeVersion || '<unknown>'),
  ],
  selectableFields: { 'spec.unschedulable': ({ spec }) => String(spec.unschedulable ?? false) },
  strategy: async () => (await import('./strategy/node.js')).strategy,
});
