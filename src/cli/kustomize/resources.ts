/**
 * The objects of a build on their way through it: what they are called now, what
 * they were called before (references still say so), and which want a hash
 * behind their names.
 */
import { CliError } from '../command.js';

export interface Id {
  group: string;
  version: string;
  kind: string;
  name: string;
  namespace: string;
}

export interface Item {
  object: any;
  /** What it was called before, oldest first. */
  before: Id[];
  /** Prefixes and suffixes it was given: what it shares with the objects that mean it. */
  affixes: string[];
  needsHash: boolean;
  /** Of a generator: how it meets one of its name. */
  behavior?: string;
}

export function idOf(object: any): Id {
  const apiVersion: string = object.apiVersion ?? '';
  const slash = apiVersion.indexOf('/');
  return {
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    kind: object.kind ?? '',
    name: object.metadata?.name ?? '',
    namespace: object.metadata?.namespace ?? '',
  };
}

export const itemOf = (object: any): Item => ({ object, before: [], affixes: [], needsHash: false });

/** Every name it has or had, the first first. */
export const idsOf = (item: Item): Id[] => [...item.before, idOf(item.object)];

/** To be called before its name, namespace or kind changes. */
export function remember(item: Item): void {
  item.before.push(idOf(item.object));
}

/** "ConfigMap.v1.[noGrp]/x.[noNs]". */
export const idText = ({ group, version, kind, name, namespace }: Id): string =>
  `${kind}.${version || '[noVer]'}.${group || '[noGrp]'}/${name}.${namespace || '[noNs]'}`;

/** No namespace and "default" are one. */
export const placeOf = ({ namespace }: Id): string => (namespace === '' ? 'default' : namespace);

export const sameId = (one: Id, other: Id): boolean =>
  one.group === other.group && one.version === other.version && one.kind === other.kind && one.name === other.name && placeOf(one) === placeOf(other);

/** Adds it. Throws where there is one of its id. */
export function append(items: Item[], item: Item): void {
  const id = idOf(item.object);
  if (items.some((one) => sameId(idOf(one.object), id))) throw new CliError(`may not add resource with an already registered id: ${idText(id)}`);
  items.push(item);
}

/** What a generator made joins what is there, as its behavior says. */
export function absorb(items: Item[], item: Item): void {
  const id = idOf(item.object);
  const found = items.filter((one) => idsOf(one).some((old) => sameId(old, id)));
  const mayCreate = item.behavior === undefined || item.behavior === 'create';
  if (found.length > 1)
    throw new CliError(
      `merging from generator: found multiple objects ${found.map((one) => idText(idOf(one.object))).join(', ')} that could accept merge of ${idText(id)}`,
    );
  const [old] = found;
  if (old === undefined) {
    if (!mayCreate) throw new CliError(`merging from generator: id ${idText(id)} does not exist; cannot merge or replace`);
    append(items, item);
    return;
  }
  if (mayCreate) throw new CliError(`merging from generator: id ${idText(id)} exists; behavior must be merge or replace`);
  old.object = joined(old.object, item.object, item.behavior === 'merge' ? ['data', 'binaryData'] : []);
}

function joined(before: any, after: any, merged: readonly string[]): any {
  const metadata = { ...after.metadata, ...pick(before.metadata, 'name', 'namespace') };
  for (const part of ['labels', 'annotations']) {
    const all = { ...before.metadata?.[part], ...after.metadata?.[part] };
    if (Object.keys(all).length > 0) metadata[part] = all;
  }
  const object = { ...after, metadata };
  for (const part of merged) {
    const all = { ...before[part], ...after[part] };
    if (Object.keys(all).length > 0) object[part] = all;
  }
  return object;
}

const pick = (object: any, ...keys: string[]): any => Object.fromEntries(keys.filter((key) => object?.[key] !== undefined).map((key) => [key, object[key]]));

export interface Selector {
  group?: string;
  version?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  labelSelector?: string;
  annotationSelector?: string;
}
