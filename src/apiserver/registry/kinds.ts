/**
 * Which kinds are served now: the built-in ones and those that
 * CustomResourceDefinitions made. Groups come in kube-aggregator's order of
 * priority, versions in Kubernetes' order of preference.
 */
import type { Kind } from '../../api/kind.js';

/** kube-aggregator's order of built-in groups; others follow by name. */
const GROUP_ORDER = [
  '',
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
];

/** metrics-server gives its group a priority below that of custom resources. */
const ADDON = 'metrics.k8s.io';

export interface ServedVersion {
  version: string;
  /** By plural name, sorted. */
  kinds: readonly Kind[];
}

export interface ServedGroup {
  name: string;
  /** Preferred first. */
  versions: readonly ServedVersion[];
}

export class KindRegistry {
  readonly #byResource = new Map<string, Kind>();
  readonly #byKind = new Map<string, Kind>();
  #groups: readonly ServedGroup[] | undefined;
  /** What anyVersion found, by "group/plural". */
  readonly #preferred = new Map<string, Kind | undefined>();
  #revision = 0;

  constructor(kinds: readonly Kind[]) {
    for (const kind of kinds) this.add(kind);
  }

  /** Rises with every change, so that what was built from the kinds can be built anew. */
  get revision(): number {
    return this.#revision;
  }

  /** undefined: not served. */
  resource(group: string, version: string, plural: string): Kind | undefined {
    return this.#byResource.get(`${group}/${version}/${plural}`);
  }

  kind(group: string, version: string, kind: string): Kind | undefined {
    return this.#byKind.get(`${group}/${version}/${kind}`);
  }

  /** Any served version of a resource, the preferred one first. */
  anyVersion(group: string, plural: string): Kind | undefined {
    const asked = `${group}/${plural}`;
    if (!this.#preferred.has(asked)) this.#preferred.set(asked, this.#findAny(group, plural));
    return this.#preferred.get(asked);
  }

  #findAny(group: string, plural: string): Kind | undefined {
    for (const { version } of this.group(group)?.versions ?? []) {
      const kind = this.resource(group, version, plural);
      if (kind !== undefined) return kind;
    }
    return undefined;
  }

  all(): Kind[] {
    return [...this.#byResource.values()];
  }

  add(kind: Kind): void {
    this.#byResource.set(`${kind.group}/${kind.version}/${kind.plural}`, kind);
    this.#byKind.set(`${kind.group}/${kind.version}/${kind.kind}`, kind);
    this.#changed();
  }

  remove(kind: Kind): void {
    this.#byResource.delete(`${kind.group}/${kind.version}/${kind.plural}`);
    this.#byKind.delete(`${kind.group}/${kind.version}/${kind.kind}`);
    this.#changed();
  }

  group(name: string): ServedGroup | undefined {
    return this.groups().find((group) => group.name === name);
  }

  groups(): readonly ServedGroup[] {
    return (this.#groups ??= groupsOf([...this.#byResource.values()]));
  }

  #changed(): void {
    this.#groups = undefined;
    this.#preferred.clear();
    this.#revision++;
  }
}

function groupsOf(kinds: readonly Kind[]): ServedGroup[] {
  const names = [...new Set(kinds.map(({ group }) => group))].sort(byGroup);
  return names.map((name) => {
    const own = kinds.filter(({ group }) => group === name);
    const versions = [...new Set(own.map(({ version }) => version))].sort(byVersion);
    return { name, versions: versions.map((version) => ({ version, kinds: own.filter((kind) => kind.version === version).sort(byPlural) })) };
  });
}

function byGroup(one: string, other: string): number {
  const [first, second] = [GROUP_ORDER.indexOf(one), GROUP_ORDER.indexOf(other)];
  if (first >= 0 && second >= 0) return first - second;
  if (first >= 0 || second >= 0) return first >= 0 ? -1 : 1;
  if ((one === ADDON) !== (other === ADDON)) return one === ADDON ? 1 : -1;
  return one < other ? -1 : 1;
}

const byPlural = (one: Kind, other: Kind): number => (one.plural < other.plural ? -1 : 1);

/** GA before beta before alpha, higher numbers first; names that are no versions last, by text. */
export function byVersion(one: string, other: string): number {
  const [first, second] = [rank(one), rank(other)];
  if (first === undefined || second === undefined) return first === second ? (one < other ? -1 : 1) : first === undefined ? 1 : -1;
  return second[0] - first[0] || second[1] - first[1] || second[2] - first[2];
}

function rank(version: string): [number, number, number] | undefined {
  const found = /^v([1-9]\d*)(?:(alpha|beta)([1-9]\d*))?$/.exec(version);
  if (found === null) return undefined;
  return [found[2] === undefined ? 2 : found[2] === 'beta' ? 1 : 0, Number(found[1]), Number(found[3] ?? 0)];
}
