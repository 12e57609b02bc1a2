/** The order in which objects are printed: kustomize's "legacy" one, which puts first what others need, or what sortOptions say. */
import { idOf, type Id, type Item } from './resources.js';

const FIRST = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
];
const LAST = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'];

export interface SortOptions {
  order?: string;
  legacySortOptions?: { orderFirst?: readonly string[]; orderLast?: readonly string[] };
}

export function sortItems(items: readonly Item[], { order, legacySortOptions }: SortOptions): Item[] {
  if (order !== 'legacy') return [...items];
  const [first, last] = legacySortOptions === undefined ? [FIRST, LAST] : [legacySortOptions.orderFirst ?? [], legacySortOptions.orderLast ?? []];
  const ranks = new Map<string, number>();
  first.forEach((kind, at) => ranks.set(kind, at - first.length));
  last.forEach((kind, at) => ranks.set(kind, at + 1));
  const rank = ({ kind }: Id): number => ranks.get(kind) ?? 0;
  const keyed = items.map((item) => ({ item, id: idOf(item.object) }));
  return keyed
    .sort((a, b) => rank(a.id) - rank(b.id) || compare(gvkText(a.id), gvkText(b.id)) || compare(sortText(a.id), sortText(b.id)))
    .map(({ item }) => item);
}

const gvkText = ({ group, version, kind }: Id): string => [group || '~G', version || '~V', kind || '~K'].join('_');
const sortText = ({ namespace, name }: Id): string => [namespace || '~X', name || '~N'].join('|');
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
