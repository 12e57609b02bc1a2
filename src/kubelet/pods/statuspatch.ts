/**
 * The strategic merge patch that turns the status the API holds into the one
 * the kubelet wants, touching only what is the kubelet's: conditions set by
 * others stay, whatever they became meanwhile.
 */
import type { PodCondition, PodStatus } from '../kinds.js';

/** Types that kubelets alone write, in the order they show them. What others said of a disruption stays, unless the kubelet has more to say. */
export const OWN_CONDITIONS = [
  'PodResizePending',
  'PodResizeInProgress',
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'AllContainersRestarting',
];

const PLAIN = [
  'observedGeneration',
  'phase',
  'message',
  'reason',
  'hostIP',
  'podIP',
  'startTime',
  'initContainerStatuses',
  'containerStatuses',
  'ephemeralContainerStatuses',
] as const;
const KEYED_BY_IP = ['hostIPs', 'podIPs'] as const;
const MAPS = ['allocatedResources', 'resources'] as const;

/** undefined: the API holds it already. */
export function statusPatch(held: Partial<PodStatus>, wanted: Partial<PodStatus>): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  for (const name of PLAIN) {
    if (same(held[name], wanted[name])) continue;
    patch[name] = wanted[name] ?? null;
  }
  for (const name of KEYED_BY_IP) {
    if (same(held[name], wanted[name])) continue;
    patch[name] = wanted[name] === undefined ? null : held[name] === undefined ? wanted[name] : [...wanted[name], { $patch: 'replace' }];
  }
  for (const name of MAPS) {
    if (same(held[name], wanted[name])) continue;
    patch[name] = wanted[name] === undefined ? null : held[name] === undefined ? wanted[name] : { ...wanted[name], $patch: 'replace' };
  }
  Object.assign(patch, conditionsPatch(held.conditions ?? [], wanted.conditions ?? []));
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function conditionsPatch(held: readonly PodCondition[], wanted: readonly PodCondition[]): Record<string, unknown> {
  const changed: object[] = [];
  for (const condition of wanted) {
    const before = held.find(({ type }) => type === condition.type);
    if (before !== undefined && sameCondition(before, condition)) continue;
    changed.push({ ...condition, ...cleared(before, condition) });
  }
  for (const { type } of held) {
    if (OWN_CONDITIONS.includes(type) && !wanted.some((condition) => condition.type === type)) changed.push({ $patch: 'delete', type });
  }
  if (changed.length === 0) return {};
  const others = held
    .filter(({ type }) => !OWN_CONDITIONS.includes(type) && !wanted.some((condition) => condition.type === type))
    .map(({ type }) => ({ type }));
  return { '$setElementOrder/conditions': [...others, ...wanted.map(({ type }) => ({ type }))], conditions: changed };
}

const OPTIONAL = ['reason', 'message', 'observedGeneration'] as const;

const cleared = (before: PodCondition | undefined, next: PodCondition): object =>
  Object.fromEntries(OPTIONAL.filter((name) => before?.[name] !== undefined && next[name] === undefined).map((name) => [name, null]));

const sameCondition = (a: PodCondition, b: PodCondition): boolean =>
  a.status === b.status && a.lastTransitionTime === b.lastTransitionTime && OPTIONAL.every((name) => a[name] === b[name]);

/** Equality of wire values; an absent field and an undefined one are the same, key order does not count. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return (a ?? undefined) === (b ?? undefined);
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => same(item, b[at]));
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => same((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]));
}
