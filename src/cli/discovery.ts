/**
 * Which resources the server has, from its aggregated discovery, and how a
 * word a user types finds one: plural, singular, short name, kind, with
 * `.group` or `.version.group` behind it (k8s.io/client-go/restmapper).
 */
import type { Rest } from './rest.js';

export interface Resource {
  group: string;
  version: string;
  name: string;
  singular: string;
  kind: string;
  namespaced: boolean;
  shortNames: readonly string[];
  categories: readonly string[];
  verbs: readonly string[];
  subresources: readonly { name: string; kind: string; verbs: readonly string[] }[];
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export class Discovery {
  readonly #rest: Rest;
  #resources: Promise<readonly Resource[]> | undefined;

  constructor(rest: Rest) {
    this.#rest = rest;
  }

  /** In the server's own order: core first, groups by priority, preferred versions first. */
  resources(): Promise<readonly Resource[]> {
    this.#resources ??= this.#load();
    return this.#resources;
  }

  /** undefined: the server has no such resource. */
  async find(word: string): Promise<Resource | undefined> {
    const [name, ...rest] = word.toLowerCase().split('.');
    const resources = await this.resources();
    const candidates = resources.filter((resource) => answersTo(resource, name!));
    if (rest.length === 0) return candidates[0];
    const full = rest.join('.');
    const versioned = candidates.find(({ group, version }) => rest[0] === version && (group === rest.slice(1).join('.') || (group === '' && rest.length === 1)));
    return versioned ?? candidates.find(({ group }) => group === full) ?? candidates.find(({ group }) => group.startsWith(full) && group !== '');
  }

  /** Resources of a category such as `all`, each in the version that the server prefers. */
  async category(word: string): Promise<readonly Resource[]> {
    const members = (await this.resources()).filter(({ categories, verbs }) => categories.includes(word) && verbs.includes('list'));
    return members.filter(({ group, name }, at) => members.findIndex((one) => one.group === group && one.name === name) === at);
  }

  /** By what a manifest says. */
  async findKind(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
    return (await this.resources()).find((resource) => resource.group === group && resource.version === version && resource.kind === kind);
  }

  /** Forgets what it knows: a CustomResourceDefinition may just have been made. */
  refresh(): void {
    this.#resources = undefined;
  }

  async #load(): Promise<readonly Resource[]> {
    const [core, groups] = await Promise.all([this.#rest.object('GET', '/api', { accept: AGGREGATED }), this.#rest.object('GET', '/apis', { accept: AGGREGATED })]);
    return [...core.items, ...groups.items].flatMap(groupResources);
  }
}

function groupResources({ metadata, versions }: any): Resource[] {
  return (versions ?? []).flatMap(({ version, resources }: any) =>
    (resources ?? []).map(
      (entry: any): Resource => ({
        group: metadata?.name ?? '',
        version,
        name: entry.resource,
        singular: entry.singularResource ?? '',
        kind: entry.responseKind?.kind ?? '',
        namespaced: entry.scope === 'Namespaced',
        shortNames: entry.shortNames ?? [],
        categories: entry.categories ?? [],
        verbs: entry.verbs ?? [],
        subresources: (entry.subresources ?? []).map((sub: any) => ({ name: sub.subresource, kind: sub.responseKind?.kind ?? '', verbs: sub.verbs ?? [] })),
      }),
    ),
  );
}

const answersTo = ({ name, singular, kind, shortNames }: Resource, word: string): boolean =>
  name === word || singular === word || kind.toLowerCase() === word || shortNames.includes(word);

/** "apps/v1", "v1". */
export const groupVersion = ({ group, version }: { group: string; version: string }): string => (group === '' ? version : `${group}/${version}`);

/** "deployments.apps", "pods". */
export const groupResource = ({ name, group }: { name: string; group: string }): string => (group === '' ? name : `${name}.${group}`);

/** The path of a collection, or of one object in it. */
export function pathOf(resource: { group: string; version: string; name: string; namespaced: boolean }, at: { namespace?: string | undefined; name?: string; subresource?: string } = {}): string {
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const space = resource.namespaced && at.namespace !== undefined && at.namespace !== '' ? `/namespaces/${encodeURIComponent(at.namespace)}` : '';
  const name = at.name === undefined ? '' : `/${encodeURIComponent(at.name)}`;
  return `${root}${space}/${resource.name}${name}${at.subresource === undefined ? '' : `/${at.subresource}`}`;
}
