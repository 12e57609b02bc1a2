/**
 * The rules of metadata that every kind shares: apimachinery's
 * ValidateObjectMeta and its rules for updates, in Kubernetes' order.
 */
import { deepEqual } from '../../apimachinery/deep.js';
import { forbidden, invalid, required, type Causes } from '../../apimachinery/fielderror.js';
import { dns1123Label, dns1123Subdomain, qualifiedName, validateAnnotations, validateLabels } from '../../apimachinery/names.js';
import type { KubeObject } from '../../apimachinery/object.js';
import type { ObjectMeta } from '../../apimachinery/meta/meta.js';

export type ValidateName = (name: string, options: { prefix: boolean }) => readonly string[];

/** dns1123Subdomain; a prefix may end in a dash, so it is checked as if one more letter followed. */
export const defaultName: ValidateName = (name, { prefix }) => dns1123Subdomain(prefix ? maskTrailingDash(name) : name);

export const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name);

/** What a URL can hold between two slashes. */
export const pathSegmentName: ValidateName = (name, { prefix }) => {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`];
  return ['/', '%'].filter((letter) => name.includes(letter)).map((letter) => `may not contain '${letter}'`);
};

/** `rules`: see Strategy.metadataRules. */
export function validateObjectMeta(metadata: ObjectMeta, namespaced: boolean, validateName: ValidateName, rules: 'core' | 'generic' | 'none' = 'core'): Causes {
  if (rules === 'none') return [];
  const causes: Causes = [];
  const { name = '', generateName = '', namespace = '', generation = 0 } = metadata;
  if (generateName !== '')
    for (const message of validateName(generateName, { prefix: true })) causes.push(invalid('metadata.generateName', generateName, message));
  if (name === '') causes.push(required('metadata.name', 'name or generateName is required'));
  else for (const message of validateName(name, { prefix: false })) causes.push(invalid('metadata.name', name, message));
  if (namespaced) {
    if (namespace === '') causes.push(required('metadata.namespace'));
    else for (const message of dns1123Label(namespace)) causes.push(invalid('metadata.namespace', namespace, message));
  } else if (namespace !== '') causes.push(forbidden('metadata.namespace', 'not allowed on this type'));
  if (generation < 0) causes.push(invalid('metadata.generation', generation, 'must be greater than or equal to 0'));
  causes.push(...validateLabels(metadata.labels, 'metadata.labels'), ...validateAnnotations(metadata.annotations, 'metadata.annotations'));
  causes.push(...validateOwnerReferences(metadata), ...validateFinalizers(metadata.finalizers ?? [], rules));
  return causes;
}

const FORBIDDEN_OWNERS = new Set(['v1/Event']);

function validateOwnerReferences({ ownerReferences = [] }: ObjectMeta): Causes {
  const field = 'metadata.ownerReferences';
  const causes: Causes = [];
  let controller = '';
  for (const owner of ownerReferences) {
    const { apiVersion, kind, name, uid } = owner;
    const version = apiVersion.includes('/') ? apiVersion.split('/')[1]! : apiVersion;
    if (version === '') causes.push(invalid(`${field}.apiVersion`, apiVersion, 'version must not be empty'));
    if (kind === '') causes.push(invalid(`${field}.kind`, kind, 'must not be empty'));
    if (name === '') causes.push(invalid(`${field}.name`, name, 'must not be empty'));
    if (uid === '') causes.push(invalid(`${field}.uid`, uid, 'must not be empty'));
    if (FORBIDDEN_OWNERS.has(`${apiVersion}/${kind}`))
      causes.push(invalid(field, owner, `${apiVersion.includes('/') ? '' : '/'}${apiVersion}, Kind=${kind} is disallowed from being an owner`));
    if (owner.controller !== true) continue;
    const told = `${kind}/${name}`;
    if (controller !== '')
      causes.push(
        invalid(field, ownerReferences, `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${told}`),
      );
    else controller = told;
  }
  return causes;
}

const STANDARD_FINALIZERS = new Set(['kubernetes', 'orphan', 'foregroundDeletion']);

function validateFinalizers(finalizers: readonly string[], rules: 'core' | 'generic'): Causes {
  const field = 'metadata.finalizers';
  const causes: Causes = [];
  finalizers.forEach((name, at) => {
    const messages = qualifiedName(name);
    for (const message of messages) causes.push(invalid(`${field}`, name, message));
    if (rules === 'core' && !name.includes('/') && !STANDARD_FINALIZERS.has(name))
      causes.push(invalid(`${field}[${at}]`, name, 'name is neither a standard finalizer name nor is it fully qualified'));
  });
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion'))
    causes.push(invalid(field, finalizers, 'finalizer orphan and foregroundDeletion cannot be both set'));
  return causes;
}

export function validateObjectMetaUpdate(next: ObjectMeta, previous: ObjectMeta): Causes {
  const causes: Causes = [];
  if (previous.deletionTimestamp !== undefined) {
    const added = (next.finalizers ?? []).filter((name) => !(previous.finalizers ?? []).includes(name));
    if (added.length > 0)
      causes.push(
        forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map((name) => JSON.stringify(name)).join(', ')}}`,
        ),
      );
  }
  if ((next.resourceVersion ?? '') === '') causes.push(invalid('metadata.resourceVersion', '', 'must be specified for an update'));
  if ((next.generation ?? 0) < (previous.generation ?? 0)) causes.push(invalid('metadata.generation', next.generation ?? 0, 'must not be decremented'));
  for (const name of ['name', 'namespace', 'uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const) {
    if (next[name] !== previous[name])
      causes.push(invalid(`metadata.${name}`, next[name] ?? (name === 'name' || name === 'namespace' || name === 'uid' ? '' : null), 'field is immutable'));
  }
  causes.push(
    ...validateLabels(next.labels, 'metadata.labels'),
    ...validateAnnotations(next.annotations, 'metadata.annotations'),
    ...validateOwnerReferences(next),
  );
  return causes;
}

/** Fields of metadata in Go's order, so that what is written reads as Kubernetes would write it. */
const ORDER = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const;

export function orderedMetadata(metadata: ObjectMeta): ObjectMeta {
  const ordered: Record<string, unknown> = {};
  for (const name of ORDER) if (metadata[name] !== undefined) ordered[name] = metadata[name];
  return ordered as ObjectMeta;
}

/** The same but for what a write always changes: resourceVersion, and times in managedFields. */
export function sameObject(one: KubeObject, other: KubeObject): boolean {
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const [mine, theirs] = [(one as unknown as Record<string, unknown>)[name], (other as unknown as Record<string, unknown>)[name]];
    if (name === 'metadata' ? !sameMetadata(one.metadata, other.metadata) : !deepEqual(mine, theirs)) return false;
  }
  return true;
}

function sameMetadata(one: ObjectMeta, other: ObjectMeta): boolean {
  return ORDER.every((name) => {
    if (name === 'resourceVersion') return true;
    if (name !== 'managedFields') return deepEqual(one[name], other[name]);
    if (one.managedFields === other.managedFields) return true;
    const [mine, theirs] = [one.managedFields ?? [], other.managedFields ?? []];
    return mine.length === theirs.length && mine.every((entry, at) => deepEqual({ ...entry, time: undefined }, { ...theirs[at], time: undefined }));
  });
}

/** Two owners with one uid are one owner: the first stays, and a warning tells. */
export function dedupeOwners(metadata: ObjectMeta): string[] {
  const owners = metadata.ownerReferences;
  if (owners === undefined || owners.length < 2) return [];
  const seen = new Set<string>();
  const kept = owners.filter((owner) => {
    const text = JSON.stringify(owner);
    return !seen.has(text) && seen.add(text) !== undefined;
  });
  if (kept.length === owners.length) return [];
  metadata.ownerReferences = kept;
  const twice = owners.filter((owner, at) => owners.findIndex((one) => one.uid === owner.uid) !== at).map(({ uid }) => uid);
  return [
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${[...new Set(twice)].join(', ')}`,
  ];
}
