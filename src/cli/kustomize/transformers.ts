/** What a kustomization does to every object: names, namespace, labels, annotations, replicas, images. */
import { CliError } from '../command.js';
import { appliesTo, atPath, type FieldSpec } from './fields.js';
import type { Kustomization } from './kustomization.js';
import { idOf, idsOf, idText, remember, sameId, type Item } from './resources.js';

export type IsNamespaced = (object: any) => boolean;

/** Kinds whose names are not ours to change. */
const FIXED_NAMES = new Set(['CustomResourceDefinition', 'APIService', 'Namespace']);

export function addAffix(items: readonly Item[], text: string, rename: (name: string) => string): void {
  for (const item of items) {
    if (FIXED_NAMES.has(item.object.kind)) continue;
    remember(item);
    item.affixes.push(text);
    item.object.metadata.name = rename(item.object.metadata.name ?? '');
  }
}

export function setNamespace(items: readonly Item[], namespace: string, isNamespaced: IsNamespaced): void {
  for (const item of items) {
    const { object } = item;
    remember(item);
    if (object.kind === 'Namespace' && idOf(object).group === '') object.metadata.name = namespace;
    else if (isNamespaced(object)) object.metadata.namespace = namespace;
    if (object.kind === 'APIService') atPath(object, 'spec/service/namespace', { create: false }, (holder, key) => (holder[key] = namespace));
    if (object.kind === 'CustomResourceDefinition')
      atPath(object, 'spec/conversion/webhook/clientConfig/service/namespace', { create: false }, (holder, key) => (holder[key] = namespace));
    // The account that every namespace has; the others are found by their names.
    if (/^(Cluster)?RoleBinding$/.test(object.kind))
      for (const subject of object.subjects ?? []) if (subject.kind === 'ServiceAccount' && subject.name === 'default') subject.namespace = namespace;
    const twin = items.find((one) => one !== item && sameId(idOf(one.object), idOf(object)));
    if (twin !== undefined)
      throw new CliError(`namespace transformation produces ID conflict: [${[twin, item].map((one) => idText(idOf(one.object))).join(' ')}]`);
  }
}

const METADATA: FieldSpec = { path: 'metadata/labels', create: true };
const workloads = (path: string): FieldSpec[] => [
  { path, create: true, kind: 'ReplicationController', version: 'v1' },
  ...['Deployment', 'ReplicaSet', 'DaemonSet'].map((kind) => ({ path, create: true, kind })),
  { path, create: true, kind: 'StatefulSet', group: 'apps' },
  { path, create: true, kind: 'Job', group: 'batch' },
];
const cronJobs = (last: string): FieldSpec[] =>
  [`spec/jobTemplate/metadata/${last}`, `spec/jobTemplate/spec/template/metadata/${last}`].map((path) => ({
    path,
    create: true,
    kind: 'CronJob',
    group: 'batch',
  }));
const TEMPLATES: readonly FieldSpec[] = [...workloads('spec/template/metadata/labels'), ...cronJobs('labels')];

const TERMS = 'DuringSchedulingIgnoredDuringExecution';
const spread = (kind: string): FieldSpec[] =>
  [
    ...['podAffinity', 'podAntiAffinity'].flatMap((one) => [`affinity/${one}/preferred${TERMS}/podAffinityTerm`, `affinity/${one}/required${TERMS}`]),
    'topologySpreadConstraints',
  ].map((path) => ({ path: `spec/template/spec/${path}/labelSelector/matchLabels`, group: 'apps', kind }));
const SELECTORS: readonly FieldSpec[] = [
  { path: 'spec/selector', create: true, version: 'v1', kind: 'Service' },
  { path: 'spec/selector', create: true, version: 'v1', kind: 'ReplicationController' },
  ...['Deployment', 'ReplicaSet', 'DaemonSet'].map((kind) => ({ path: 'spec/selector/matchLabels', create: true, kind })),
  { path: 'spec/selector/matchLabels', create: true, group: 'apps', kind: 'StatefulSet' },
  { path: 'spec/volumeClaimTemplates[]/metadata/labels', create: true, group: 'apps', kind: 'StatefulSet' },
  ...spread('Deployment'),
  ...spread('StatefulSet'),
  { path: 'spec/selector/matchLabels', group: 'batch', kind: 'Job' },
  { path: 'spec/jobTemplate/spec/selector/matchLabels', group: 'batch', kind: 'CronJob' },
  { path: 'spec/selector/matchLabels', group: 'policy', kind: 'PodDisruptionBudget' },
  ...['spec/podSelector', 'spec/ingress/from/podSelector', 'spec/egress/to/podSelector'].map((path) => ({
    path: `${path}/matchLabels`,
    group: 'networking.k8s.io',
    kind: 'NetworkPolicy',
  })),
];

export function addLabels(items: readonly Item[], { labels, commonLabels }: Kustomization): void {
  for (const { pairs = {}, includeSelectors, includeTemplates, fields = [] } of labels ?? []) {
    const specs = [
      ...fields.map((field) => ({ ...field, path: field.path })),
      METADATA,
      ...(includeSelectors || includeTemplates ? TEMPLATES : []),
      ...(includeSelectors ? SELECTORS : []),
    ];
    addPairs(items, pairs, specs);
  }
  if (commonLabels) addPairs(items, commonLabels, [METADATA, ...TEMPLATES, ...SELECTORS]);
}

const ANNOTATIONS: readonly FieldSpec[] = [
  { path: 'metadata/annotations', create: true },
  ...workloads('spec/template/metadata/annotations').map(({ group: _group, ...spec }) => spec),
  ...cronJobs('annotations'),
];

export function addAnnotations(items: readonly Item[], annotations: Record<string, string>): void {
  addPairs(items, annotations, ANNOTATIONS);
}

function addPairs(items: readonly Item[], pairs: Record<string, string>, specs: readonly FieldSpec[]): void {
  const texts = Object.fromEntries(Object.entries(pairs).map(([key, value]) => [key, String(value)]));
  if (Object.keys(texts).length === 0) return;
  for (const { object } of items) {
    const id = idOf(object);
    for (const spec of specs)
      if (appliesTo(spec, id)) atPath(object, spec.path, { create: spec.create === true }, (holder, key) => (holder[key] = { ...holder[key], ...texts }));
  }
}

const REPLICATED: readonly FieldSpec[] = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map((kind) => ({
  path: 'spec/replicas',
  create: true,
  kind,
}));

export function setReplicas(items: readonly Item[], { name, count }: { name: string; count: number }): void {
  const found = items.filter((item) => REPLICATED.some(({ kind }) => kind === item.object.kind) && idsOf(item).some((id) => id.name === name));
  if (found.length === 0) {
    throw new CliError(
      `resource with name ${name} does not match a config with the following GVK [${REPLICATED.map(({ kind }) => `${kind}.[noVer].[noGrp]`).join(' ')}]`,
    );
  }
  for (const { object } of found) object.spec = { ...object.spec, replicas: Number(count) };
}

export function setImage(items: readonly Item[], image: NonNullable<Kustomization['images']>[number]): void {
  const rule = new RegExp(`^${image.name}(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$`);
  for (const { object } of items)
    if (object.kind !== 'CustomResourceDefinition')
      eachContainer(object, (container) => {
        if (typeof container.image === 'string' && rule.test(container.image)) container.image = changed(container.image, image);
      });
}

/** Containers are found wherever a field is called so: custom resources have them too. */
function eachContainer(at: any, change: (container: any) => void): void {
  if (Array.isArray(at)) at.forEach((item) => eachContainer(item, change));
  if (at === null || typeof at !== 'object' || Array.isArray(at)) return;
  for (const [key, value] of Object.entries(at)) {
    if ((key === 'containers' || key === 'initContainers') && Array.isArray(value))
      for (const one of value) if (one !== null && typeof one === 'object') change(one);
    eachContainer(value, change);
  }
}

function changed(before: string, { newName, newTag, tagSuffix, digest }: { newName?: string; newTag?: string; tagSuffix?: string; digest?: string }): string {
  const at = before.indexOf('@');
  const named = at < 0 ? before : before.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const name = newName || (hasTag ? named.slice(0, colon) : named);
  let tag = hasTag ? named.slice(colon + 1) : '';
  let sum = at < 0 ? '' : before.slice(at + 1);
  if (newTag && digest) [tag, sum] = [String(newTag), digest];
  else if (newTag) [tag, sum] = [String(newTag), ''];
  else if (digest) [tag, sum] = ['', digest];
  else if (tagSuffix) [tag, sum] = [tag + tagSuffix, ''];
  return `${name}${tag === '' ? '' : `:${tag}`}${sum === '' ? '' : `@${sum}`}`;
}
