/**
 * Kustomizations built into manifests (`-k`, `kubectl kustomize`): resources and
 * bases gathered, generated objects added, everything transformed in kustomize's
 * order, hashes put behind names last of all and references made true.
 */
import { toYaml } from '../../apimachinery/yaml.js';
import { CliError } from '../command.js';
import type { Host } from '../host.js';
import { nameHash } from '../namehash.js';
import { shapeOf } from '../shapes.js';
import { readDocuments } from './documents.js';
import { startFolder, type Folder } from './folder.js';
import { generate } from './generators.js';
import { readKustomization, type Kustomization } from './kustomization.js';
import { sortItems } from './order.js';
import { applyMergeFile, applyPatch, type ShapeOf } from './patches.js';
import { fixReferences } from './references.js';
import { applyReplacement } from './replacements.js';
import { absorb, append, itemOf, remember, type Item } from './resources.js';
import { addAffix, addAnnotations, addLabels, setImage, setNamespace, setReplicas, type IsNamespaced } from './transformers.js';

export interface BuildOptions {
  /** Where sortOptions say nothing. Default: 'legacy', as kubectl does. */
  reorder?: 'legacy' | 'none';
  /** Files may be anywhere. */
  anywhere?: boolean;
}

/** The objects of a kustomization as YAML documents. */
export async function buildKustomization(host: Host, path: string, options: BuildOptions = {}): Promise<string> {
  return (await buildObjects(host, path, options)).map(toYaml).join('---\n');
}

export async function buildObjects(host: Host, path: string, options: BuildOptions = {}): Promise<any[]> {
  if (/^(https?:\/\/|git@|ssh:|github\.com\/)/.test(path)) throw new CliError(`kustomize: remote targets are not supported: ${path}`);
  const { KINDS } = await import('../../api/kinds.js');
  const world: World = {
    warn: (line) => host.terminal.stderr.write(`${line}\n`),
    isNamespaced: ({ apiVersion, kind }) =>
      KINDS.find((one) => one.kind === kind && (one.group === '' ? one.version : `${one.group}/${one.version}`) === apiVersion)?.namespaced ?? true,
    async shapeOf({ group, version, kind }) {
      const plural = KINDS.find((one) => one.group === group && one.version === version && one.kind === kind)?.plural;
      return plural === undefined ? undefined : shapeOf({ group, version, name: plural });
    },
  };
  const folder = startFolder({ host, anywhere: options.anywhere === true }, path);
  const kustomization = readKustomization(folder, world.warn);
  const items = await accumulate(folder, kustomization, world, []);
  addHashes(items);
  fixReferences(items);
  const kept = items.filter(({ object }) => !isLocal(object));
  const order = kustomization.sortOptions ?? { order: options.reorder ?? 'legacy' };
  return sortItems(kept, order).map(({ object }) => object);
}

interface World {
  warn(line: string): void;
  isNamespaced: IsNamespaced;
  shapeOf: ShapeOf;
}

const LOCAL = 'config.kubernetes.io/local-config';
const isLocal = ({ metadata }: any): boolean => metadata?.annotations?.[LOCAL] !== undefined && metadata.annotations[LOCAL] !== 'false';

/** What one kustomization makes. `items`: what a component works on; empty for any other. */
async function accumulate(folder: Folder, kustomization: Kustomization, world: World, items: Item[]): Promise<Item[]> {
  for (const path of [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])]) await addResource(items, folder, path, world);
  for (const args of kustomization.configMapGenerator ?? []) absorb(items, generate('ConfigMap', args, kustomization.generatorOptions, folder));
  for (const args of kustomization.secretGenerator ?? []) absorb(items, generate('Secret', args, kustomization.generatorOptions, folder));
  for (const path of kustomization.components ?? []) await addComponent(items, folder, path, world);
  await transform(items, folder, kustomization, world);
  return items;
}

const within = (what: string, error: unknown): CliError => new CliError(`${what}: ${(error as Error).message}`);

/** A file of objects, or a folder with a kustomization of its own. */
async function addResource(items: Item[], folder: Folder, path: string, world: World): Promise<void> {
  if (/^https?:\/\//.test(path)) throw new CliError(`kustomize: remote resources are not supported: ${path}`);
  let problem: string;
  try {
    return addFile(items, folder, path);
  } catch (error) {
    problem = (error as Error).message;
    if (error instanceof MalformedError) throw within('accumulating resources', error);
  }
  try {
    const inner = folder.enter(path);
    const kustomization = kustomizationOf(inner, world);
    if (kustomization.kind === 'Component') throw new CliError(`expected kind != 'Component' for path '${inner.path}'`);
    const made = await accumulate(inner, kustomization, world, []).catch((error: unknown) => {
      throw within(`recursed accumulation of path '${inner.path}'`, error);
    });
    for (const item of made) merge(items, item, inner);
  } catch (error) {
    throw within('accumulating resources', within(`accumulation err='${problem}'`, error));
  }
}

function kustomizationOf(folder: Folder, world: World): Kustomization {
  try {
    return readKustomization(folder, world.warn);
  } catch (error) {
    throw within(`couldn't make target for path '${folder.path}'`, error);
  }
}

function merge(items: Item[], item: Item, folder: Folder): void {
  try {
    append(items, item);
  } catch (error) {
    throw within(`recursed merging from path '${folder.path}'`, error);
  }
}

/** The text is no YAML, so that it cannot be meant as a folder. */
class MalformedError extends CliError {}

function addFile(items: Item[], folder: Folder, path: string): void {
  const from = `accumulating resources from '${path}'`;
  let text: string;
  try {
    text = folder.read(path).toString('utf8');
  } catch (error) {
    throw within(from, error);
  }
  let documents: any[];
  try {
    documents = readDocuments(text);
  } catch (error) {
    throw new MalformedError(`${from}: MalformedYAMLError: ${(error as Error).message.replace('error converting YAML to JSON: ', '')} in File: ${path}`);
  }
  for (const object of documents.flatMap(flat)) {
    if (typeof object !== 'object' || Array.isArray(object) || !object.kind)
      throw new CliError(`${from}: missing Resource metadata`.replace('missing Resource metadata', "Object 'Kind' is missing in resource"));
    if (!object.metadata?.name && !object.kind.endsWith('List'))
      throw new CliError(`${from}: missing metadata.name in object ${JSON.stringify({ apiVersion: object.apiVersion, kind: object.kind })}`);
    try {
      append(items, itemOf(object));
    } catch (error) {
      throw within(`merging resources from '${path}'`, error);
    }
  }
}

const flat = (document: any): any[] => (document?.kind === 'List' && Array.isArray(document.items) ? document.items.flatMap(flat) : [document]);

async function addComponent(items: Item[], folder: Folder, path: string, world: World): Promise<void> {
  try {
    const inner = folder.enter(path);
    const kustomization = kustomizationOf(inner, world);
    if (kustomization.kind !== 'Component')
      throw new CliError(`expected kind 'Component' for path '${inner.path}' but got '${kustomization.kind || 'Kustomization'}'`);
    await accumulate(inner, kustomization, world, items);
  } catch (error) {
    throw within('accumulating components', new CliError(`accumulateDirectory: ${JSON.stringify((error as Error).message)}`));
  }
}

async function transform(items: Item[], folder: Folder, kustomization: Kustomization, { isNamespaced, shapeOf: shapes }: World): Promise<void> {
  const { namespace, namePrefix, nameSuffix, commonAnnotations } = kustomization;
  for (const source of kustomization.patchesStrategicMerge ?? []) await applyMergeFile(items, source, folder, shapes);
  for (const args of kustomization.patches ?? []) await applyPatch(items, args, folder, shapes);
  if (namespace) setNamespace(items, String(namespace), isNamespaced);
  if (namePrefix) addAffix(items, String(namePrefix), (name) => `${namePrefix}${name}`);
  if (nameSuffix) addAffix(items, String(nameSuffix), (name) => `${name}${nameSuffix}`);
  addLabels(items, kustomization);
  if (commonAnnotations) addAnnotations(items, commonAnnotations);
  for (const args of kustomization.patchesJson6902 ?? []) await applyPatch(items, args, folder, shapes);
  for (const args of kustomization.replicas ?? []) setReplicas(items, args);
  for (const args of [...(kustomization.images ?? []), ...(kustomization.imageTags ?? [])]) setImage(items, args);
  for (const args of kustomization.replacements ?? []) applyReplacement(items, args, folder);
}

function addHashes(items: readonly Item[]): void {
  for (const item of items) {
    if (!item.needsHash) continue;
    // As kustomize does, by mistake: the name has no part in the hash.
    const hash = nameHash({ ...item.object, metadata: {} });
    remember(item);
    item.object.metadata.name = `${item.object.metadata.name}-${hash}`;
  }
}
