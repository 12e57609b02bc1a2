/**
 * ControllerRevisions: the templates a DaemonSet or StatefulSet had, each under
 * a name made from its hash, numbered in the order they were last wanted.
 */
import type { KubeObject, ObjectDraft } from '../apimachinery/object.js';
import { ControllerRevision } from './kinds.js';
import { byAge } from './order.js';
import type { OwnerReference } from '../apimachinery/meta/meta.js';

/** What a revision keeps of a set: its template, to be put in whole. */
export function revisionData(set: { spec: { template: unknown } }): { spec: { template: object } } {
  return { spec: { template: { ...(set.spec.template as object), $patch: 'replace' } } };
}

/** Compact JSON with sorted keys, as Go writes a map, with its escapes. */
export function goMapJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goMapJson).join(',')}]`;
  if (value === null || typeof value !== 'object')
    return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return `{${fields
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, inner]) => `${goMapJson(name)}:${goMapJson(inner)}`)
    .join(',')}}`;
}

/** As goMapJson tells, without writing either down: every sync asks this of each revision. */
export function isSameRevision(revision: ControllerRevision, data: unknown): boolean {
  return isSame(revision.data, data);
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null || Array.isArray(one) !== Array.isArray(other)) return false;
  const names = Object.keys(one).filter((name) => (one as Record<string, unknown>)[name] !== undefined);
  const others = Object.keys(other).filter((name) => (other as Record<string, unknown>)[name] !== undefined);
  return (
    names.length === others.length &&
    names.every((name) => Object.hasOwn(other, name) && isSame((one as Record<string, unknown>)[name], (other as Record<string, unknown>)[name]))
  );
}

export function byRevision(one: ControllerRevision, other: ControllerRevision): number {
  return one.revision - other.revision || byAge(one, other);
}

export function nextRevision(revisions: readonly ControllerRevision[]): number {
  return Math.max(0, ...revisions.map(({ revision }) => revision)) + 1;
}

export interface RevisionParts {
  set: KubeObject;
  owner: OwnerReference;
  name: string;
  labels: Record<string, string>;
  data: unknown;
  revision: number;
}

export function revisionDraft({ set, owner, name, labels, data, revision }: RevisionParts): ObjectDraft<ControllerRevision> {
  const { annotations, namespace } = set.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name, namespace, labels, ...(annotations === undefined ? {} : { annotations }), ownerReferences: [owner] },
    data,
    revision,
  } as ObjectDraft<ControllerRevision>;
}

/** Revisions nobody needs any more, beyond the limit, oldest first. */
export function surplusRevisions(
  revisions: readonly ControllerRevision[],
  isLive: (revision: ControllerRevision) => boolean,
  limit: number,
): ControllerRevision[] {
  const idle = revisions.filter((revision) => !isLive(revision)).sort(byRevision);
  return idle.slice(0, Math.max(0, idle.length - limit));
}
