/**
 * Which resources the server has, from its aggregated discovery, and how a
 * word a user types finds one: plural, singular, short name, kind, with
 * `.group` or `.version.group` behind it (k8s.io/client-go/restmapper).
 */
import { CliError } from './command.js';
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

/** What a server said the last time, kept between commands as kubectl keeps it. */
export interface KeptDiscovery {
  read(): readonly Resource[] | undefined;
  write(resources: readonly Resource[]): void;
}

export class Discovery {
  readonly #rest: Rest;
  readonly #warn: (text: string) => void;
  readonly #kept: KeptDiscovery | undefined;
  #resources: Promise<readonly Resource[]> | undefined;
  /** What is known was kept: the server may have more by now. */
  #isOld = false;

  /** `warn` is told of short names that mean several resources. */
  constructor(rest: Rest, warn: (text: string) => void = () => {}, kept?: KeptDiscovery) {
    this.#rest = rest;
    this.#warn = warn;
    this.#kept = kept;
  }

  /** In the server's own order: core first, groups by priority, preferred versions first. */
  resources(): Promise<readonly Resource[]> {
    if (this.#resources !== undefined) return this.#resources;
    const kept = this.#kept?.read();
    this.#isOld = kept !== undefined;
    return (this.#resources = kept === undefined ? this.#load() : Promise.resolve(kept));
  }

  /** What `look` finds; where it finds nothing in what was kept, the server is asked. */
  async #found<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
    const found = await look();
    if (found !== undefined || !this.#isOld) return found;
    this.refresh();
    return look();
  }

  /** undefined: the server has no such resource. Two dots and more may name a version: "deployments.v1.apps". */
  find(word: string): Promise<Resource | undefined> {
    return this.#found(() => this.#find(word));
  }

  async #find(word: string): Promise<Resource | undefined> {
    const resources = await this.resources();
    const [name = '', ...rest] = word.split('.');
    const [version = '', ...group] = rest;
    for (const other of shadowed(resources, { name, group: rest.join('.') }))
      this.#warn(`short name ${JSON.stringify(name)} could also match lower priority resource ${groupResource(other)}`);
    if (rest.length >= 2) {
      const full = byName(resources, { name, version, group: group.join('.') });
      if (full !== undefined) return full;
    }
    return (
      byName(resources, { name, version: '', group: rest.join('.') }) ??
      (rest.length >= 2 ? byKind(resources, { kind: name, version, group: group.join('.') }) : undefined) ??
      byKind(resources, { kind: name, version: '', group: rest.join('.') })
    );
  }

  /** Resources of a category such as `all`, each in the version that the server prefers. */
  async category(word: string): Promise<readonly Resource[]> {
    // Nearly every word is a resource's; only one that is nothing yet may be a category by now.
    const isResource = byName(await this.resources(), { name: word.split('.')[0]!, version: '', group: '' }) !== undefined;
    return (await (isResource ? this.#category(word) : this.#found(() => this.#category(word)))) ?? [];
  }

  /** undefined where it has no members. */
  async #category(word: string): Promise<readonly Resource[] | undefined> {
    const members = (await this.resources()).filter(({ categories, verbs }) => categories.includes(word) && verbs.includes('list'));
    if (members.length === 0) return undefined;
    return members.filter(({ group, name }, at) => members.findIndex((one) => one.group === group && one.name === name) === at);
  }

  /** By what a manifest says. */
  findKind(apiVersion: string, kind: string): Promise<Resource | undefined> {
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
    return this.#found(async () =>
      (await this.resources()).find((resource) => resource.group === group && resource.version === version && resource.kind === kind),
    );
  }

  /** Forgets what it knows: a CustomResourceDefinition may just have been made. */
  refresh(): void {
    this.#isOld = false;
    this.#resources = this.#load();
  }

  async #load(): Promise<readonly Resource[]> {
    const [core, groups] = await Promise.all([
      this.#rest.object('GET', '/api', { accept: AGGREGATED }),
      this.#rest.object('GET', '/apis', { accept: AGGREGATED }),
    ]);
    const resources = [...core.items, ...groups.items].flatMap(groupResources);
    this.#kept?.write(resources);
    return resources;
  }
}

function groupResources({ metadata, versions }: any): Resource[] {
  return (versions ?? []).flatMap(({ version, resources }: any) =>
    (resources ?? []).map((entry: any): Resource => ({
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
    })),
  );
}

/** Plural, singular or short name; '' for any version or group. A short name says nothing of versions, and its case counts. */
function byName(resources: readonly Resource[], wanted: { name: string; version: string; group: string }): Resource | undefined {
  const { name, version, group } = expanded(resources, wanted);
  const lower = name.toLowerCase();
  const named = resources.filter((one) => (one.name === lower || singularOf(one) === lower) && (version === '' || one.version === version));
  if (group === '') return named[0];
  return named.find((one) => one.group === group) ?? (version === '' ? named.find((one) => one.group.startsWith(group)) : undefined);
}

const singularOf = ({ singular, kind }: Resource): string => singular || kind.toLowerCase();

/** Which other resources a short name would mean, were the first not there. */
function shadowed(resources: readonly Resource[], { name, group }: { name: string; group: string }): Resource[] {
  const inGroup = group === '' ? resources : resources.filter((one) => one.group === group);
  if (inGroup.some((one) => one.name === name || one.singular === name)) return [];
  const matching = inGroup.filter(({ shortNames }) => shortNames.includes(name));
  const isSame = (a: Resource, b: Resource): boolean => a.group === b.group && a.name === b.name;
  return matching.filter((one, at) => matching.findIndex((other) => isSame(one, other)) === at).slice(1);
}

function expanded(resources: readonly Resource[], wanted: { name: string; version: string; group: string }): { name: string; version: string; group: string } {
  const inGroup = wanted.group === '' ? resources : resources.filter(({ group }) => group === wanted.group);
  if (inGroup.some((one) => one.name === wanted.name || one.singular === wanted.name)) return wanted;
  const exact = inGroup.find(({ shortNames }) => shortNames.includes(wanted.name));
  if (exact !== undefined) return { name: exact.name, version: '', group: exact.group };
  const near = wanted.group === '' ? undefined : resources.find(({ group, shortNames }) => group.startsWith(wanted.group) && shortNames.includes(wanted.name));
  return near === undefined ? wanted : { name: near.name, version: wanted.version, group: near.group };
}

/** A kind as it is written, or all in small letters. */
function byKind(resources: readonly Resource[], { kind, version, group }: { kind: string; version: string; group: string }): Resource | undefined {
  return resources.find((one) => (one.kind === kind || one.kind.toLowerCase() === kind) && one.group === group && (version === '' || one.version === version));
}

/** "apps/v1", "v1". */
export const groupVersion = ({ group, version }: { group: string; version: string }): string => (group === '' ? version : `${group}/${version}`);

/** "deployments.apps", "pods". */
export const groupResource = ({ name, group }: { name: string; group: string }): string => (group === '' ? name : `${name}.${group}`);

/** The path of a collection, or of one object in it. As client-go does: an empty name is none, and never the whole collection. */
export function pathOf(
  resource: { group: string; version: string; name: string; namespaced: boolean },
  at: { namespace?: string | undefined; name?: string; subresource?: string } = {},
): string {
  if (at.name === '') throw new CliError('resource name may not be empty');
  const root = resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  const space = resource.namespaced && at.namespace !== undefined && at.namespace !== '' ? `/namespaces/${encodeURIComponent(at.namespace)}` : '';
  const name = at.name === undefined ? '' : `/${encodeURIComponent(at.name)}`;
  return `${root}${space}/${resource.name}${name}${at.subresource === undefined ? '' : `/${at.subresource}`}`;
}
