/**
 * What a Deployment writes on its ReplicaSets: the revision, those it had
 * before, how many replicas were wanted, and the Deployment's own annotations.
 */
import type { Deployment, ReplicaSet } from '../kinds.js';
import { maxSurge } from './arithmetic.js';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';
const HISTORY_CHARS_MAX = 2000;

const NOT_COPIED: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
];

type Annotations = Record<string, string>;

/** The annotations the set should have as revision `revision`, or undefined when it has them. */
export function revisedAnnotations(deployment: Deployment, annotations: Annotations, revision: number): Annotations | undefined {
  const next = withCopied(deployment, annotations);
  const known = annotations[REVISION];
  const number = known === undefined || known === '' ? 0 : Number(known);
  if (!Number.isInteger(number)) return undefined; // as Kubernetes does: what cannot be read is left alone
  if (number < revision) {
    next[REVISION] = String(revision);
    if (known !== undefined) Object.assign(next, { [REVISION_HISTORY]: withHistory(annotations[REVISION_HISTORY], known) });
  }
  return sameAnnotations(next, annotations) ? undefined : next;
}

export function newAnnotations(deployment: Deployment, revision: number): Annotations {
  return { ...withCopied(deployment, {}), [REVISION]: String(revision), ...replicasAnnotations(deployment) };
}

export function replicasAnnotations(deployment: Deployment): Annotations {
  const replicas = deployment.spec.replicas ?? 0;
  return { [DESIRED_REPLICAS]: String(replicas), [MAX_REPLICAS]: String(replicas + maxSurge(deployment)) };
}

export function revisionOf(object: { metadata: { annotations?: Annotations } }): number {
  return Number(object.metadata.annotations?.[REVISION] ?? 0) || 0;
}

export const desiredReplicas = (set: ReplicaSet): number | undefined => numberIn(set, DESIRED_REPLICAS);
export const maxReplicas = (set: ReplicaSet): number | undefined => numberIn(set, MAX_REPLICAS);

function numberIn(set: ReplicaSet, name: string): number | undefined {
  const text = set.metadata.annotations?.[name];
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : undefined;
}

function withCopied(deployment: Deployment, annotations: Annotations): Annotations {
  const copied = Object.entries(deployment.metadata.annotations ?? {}).filter(([name]) => !NOT_COPIED.includes(name));
  return { ...annotations, ...Object.fromEntries(copied) };
}

function withHistory(history: string | undefined, revision: string): string {
  if (history === undefined || history === '') return revision;
  const kept = history.split(',');
  while (kept.length > 1 && kept.join(',').length + revision.length + 1 > HISTORY_CHARS_MAX) kept.shift();
  return [...kept, revision].join(',');
}

function sameAnnotations(one: Annotations, other: Annotations): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
