/**
 * What is served, told in the two ways clients ask: APIVersions, APIGroupList
 * and APIResourceList one by one, or everything of a root at once as an
 * APIGroupDiscoveryList.
 */
import type { Kind } from '../api/kind.js';
import type { KindRegistry, ServedGroup, ServedVersion } from './registry/kinds.js';

export function apiVersions(serverAddress: string): object {
  return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }] };
}

/** `remote`: groups that other servers serve. */
export function apiGroupList(registry: KindRegistry, remote: readonly object[] = []): object {
  return {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [
      ...registry
        .groups()
        .filter(({ name }) => name !== '')
        .map(groupBody),
      ...remote,
    ],
  };
}

export function apiGroup(group: ServedGroup): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupBody(group) };
}

function groupBody({ name, versions }: ServedGroup) {
  const told = versions.map(({ version }) => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: told, preferredVersion: told[0] };
}

export function apiResourceList(group: string, { version, kinds }: ServedVersion): object {
  const groupVersion = group === '' ? version : `${group}/${version}`;
  return { kind: 'APIResourceList', ...(group === '' ? {} : { apiVersion: 'v1' }), groupVersion, resources: kinds.flatMap(resourcesOf) };
}

function resourcesOf(kind: Kind): object[] {
  const { plural, singular, namespaced, verbs, shortNames, categories } = kind;
  const own = {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length > 0 ? { shortNames } : {}),
    ...(categories.length > 0 ? { categories } : {}),
    ...storageHash(kind),
  };
  const below = ordered(kind);
  return [
    own,
    ...below.map(({ name, verbs: can, kind: other }) => ({
      name: `${plural}/${name}`,
      singularName: '',
      namespaced,
      ...(other === undefined || (other.group === kind.group && other.version === kind.version) || (other.group === '' && other.version === '')
        ? {}
        : { ...(other.group === '' ? {} : { group: other.group }), version: other.version }),
      kind: other?.kind ?? kind.kind,
      verbs: can,
    })),
  ];
}

/** The first eight bytes of a sha256 over what is stored, as kube-apiserver tells which version that is. */
function storageHash(kind: Kind): { storageVersionHash?: string } {
  if (kind.prefix === '' || !kind.verbs.includes('create')) return {};
  const group = kind.storedAs?.group ?? kind.group;
  const version = STORED_VERSION[`${group}/${kind.kind}`] ?? kind.storedAs?.version ?? kind.version;
  return {
    storageVersionHash: process
      .getBuiltinModule('node:crypto')
      .createHash('sha256')
      .update(`${group}/${version}/${kind.kind}`)
      .digest()
      .subarray(0, 8)
      .toString('base64'),
  };
}

/** Kinds that a real 1.36 still stores in an older version; its hash tells. */
const STORED_VERSION: Readonly<Record<string, string>> = {
  'admissionregistration.k8s.io/MutatingAdmissionPolicy': 'v1beta1',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding': 'v1beta1',
  'apiextensions.k8s.io/CustomResourceDefinition': 'v1beta1',
};

/** 'api': the core group alone; 'apis': all others. */
export function aggregated(registry: KindRegistry, root: 'api' | 'apis', stale: ReadonlySet<string> = new Set(), remote: readonly object[] = []): object {
  const groups = registry.groups().filter(({ name }) => (name === '') === (root === 'api'));
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: [
      ...groups.map(({ name, versions }) => ({
        metadata: name === '' ? {} : { name },
        versions: versions.map(({ version, kinds }) =>
          stale.has(`${name}/${version}`) ? { version, freshness: 'Stale' } : { version, resources: kinds.map(discovered), freshness: 'Current' },
        ),
      })),
      ...remote,
    ],
  };
}

/** By name; a custom resource's as its definition lists them. */
const ordered = (kind: Kind): Kind['subresources'] =>
  kind.custom === undefined ? [...kind.subresources].sort((one, other) => (one.name < other.name ? -1 : 1)) : kind.subresources;

function discovered(kind: Kind): object {
  const below = ordered(kind).map(({ name, verbs, kind: other }) => ({
    subresource: name,
    responseKind: responseKind(kind, other),
    verbs,
  }));
  return {
    resource: kind.plural,
    responseKind: responseKind(kind),
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: kind.verbs,
    ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
    ...(kind.categories.length > 0 ? { categories: kind.categories } : {}),
    ...(below.length > 0 ? { subresources: below } : {}),
  };
}

/** Built-in kinds leave group and version empty where they are the resource's own; custom ones name them. */
function responseKind(kind: Kind, other?: { group: string; version: string; kind: string }): object {
  if (kind.custom !== undefined) return { group: other?.group ?? kind.group, version: other?.version ?? kind.version, kind: other?.kind ?? kind.kind };
  if (other === undefined || (other.group === kind.group && other.version === kind.version)) return { group: '', version: '', kind: other?.kind ?? kind.kind };
  return { group: other.group, version: other.version, kind: other.kind };
}
