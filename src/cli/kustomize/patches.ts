/** patches, patchesStrategicMerge and patchesJson6902: which objects each one means, and what it makes of them. */
import { parseLabelSelector } from '../../apimachinery/labels.js';
import { applyMergePatch, applyStrategicMergePatch } from '../../apimachinery/patch/index.js';
import type { StructNode } from '../../apimachinery/typenode.js';
import { CliError } from '../command.js';
import { applyJsonPatch } from '../commands/patch/jsonpatch.js';
import { readDocuments } from './documents.js';
import type { Folder } from './folder.js';
import type { Patch } from './kustomization.js';
import { idOf, idsOf, idText, remember, sameId, type Id, type Item, type Selector } from './resources.js';

/** The shape of a built-in kind; undefined for others, whose lists are replaced whole. */
export type ShapeOf = (id: Id) => Promise<StructNode | undefined>;

export async function applyPatch(items: Item[], args: Patch, folder: Folder, shapeOf: ShapeOf): Promise<void> {
  const { merges, operations } = readPatch(args, folder);
  if (operations !== undefined) {
    if (args.target === undefined) throw new CliError(`must specify a target for JSON patch ${textOf(args, folder)}`);
    for (const item of selected(items, args.target)) {
      remember(item);
      item.object = applyJsonPatch(item.object, operations);
    }
    return;
  }
  for (const merge of merges) {
    const targets = args.target === undefined ? [meantBy(items, merge)] : selected(items, args.target);
    for (const item of targets) {
      const after = await merged(item.object, merge, args, shapeOf);
      if (after === undefined) items.splice(items.indexOf(item), 1);
      else change(item, args, after);
    }
  }
}

/** A strategic merge patch given as a file, or as itself. */
export async function applyMergeFile(items: Item[], source: string, folder: Folder, shapeOf: ShapeOf): Promise<void> {
  const args: Patch = source.includes('\n') || /^\s*[{]/.test(source) ? { patch: source } : { path: source };
  await applyPatch(items, args, folder, shapeOf);
}

function textOf({ path, patch }: Patch, folder: Folder): string {
  if (path && patch) throw new CliError("patch and path can't be set at the same time");
  if (!path && !patch) throw new CliError('must specify one of patch and path in\n');
  if (patch) return patch;
  try {
    return folder.read(path!).toString('utf8');
  } catch (error) {
    throw new CliError(`failed to get the patch file from path(${path}): ${(error as Error).message}`);
  }
}

function readPatch(args: Patch, folder: Folder): { merges: any[]; operations?: any[] } {
  const text = textOf(args, folder);
  let documents: any[];
  try {
    documents = readDocuments(text);
  } catch {
    // Whatever it is, it is neither of the two.
    throw new CliError(`unable to parse SM or JSON patch from [${text}]`);
  }
  const [first] = documents;
  if (Array.isArray(first)) {
    if (first.every((one) => one !== null && typeof one === 'object' && typeof one.op === 'string' && typeof one.path === 'string'))
      return { merges: [], operations: first };
    throw new CliError(`unable to parse SM or JSON patch from [${text}]`);
  }
  if (
    documents.length === 0 ||
    documents.some((one) => typeof one !== 'object' || (args.target === undefined && (typeof one.kind !== 'string' || !one.metadata?.name)))
  )
    throw new CliError(`unable to parse SM or JSON patch from [${text}]`);
  return { merges: documents };
}

/** The one object that the patch names. */
function meantBy(items: readonly Item[], patch: any): Item {
  const id = idOf(patch);
  const found = items.filter((item) => idsOf(item).some((one) => sameId(one, id)));
  const [only] = found;
  if (only === undefined)
    throw new CliError(
      `no resource matches strategic merge patch ${JSON.stringify(idText(id))}: no matches for Id ${idText(id)}; failed to find unique target for patch ${idText(id)}`,
    );
  if (found.length > 1) throw new CliError(`multiple matches for Id ${idText(id)}; failed to find unique target for patch ${idText(id)}`);
  return only;
}

export function selected(items: readonly Item[], target: Selector): Item[] {
  const rule = (text: string | undefined): RegExp | undefined => (text ? new RegExp(`^(?:${text})$`) : undefined);
  const [group, version, kind, name, namespace] = [target.group, target.version, target.kind, target.name, target.namespace].map(rule);
  const labels = target.labelSelector ? parseLabelSelector(target.labelSelector) : undefined;
  const annotations = target.annotationSelector ? parseLabelSelector(target.annotationSelector) : undefined;
  const fits = (id: Id): boolean =>
    (group?.test(id.group) ?? true) &&
    (version?.test(id.version) ?? true) &&
    (kind?.test(id.kind) ?? true) &&
    (name?.test(id.name) ?? true) &&
    (namespace?.test(id.namespace) ?? true);
  return items.filter(
    (item) =>
      idsOf(item).some(fits) &&
      (labels?.matches(item.object.metadata?.labels ?? {}) ?? true) &&
      (annotations?.matches(item.object.metadata?.annotations ?? {}) ?? true),
  );
}

/** undefined: the patch takes the object away. */
async function merged(object: any, patch: any, args: Patch, shapeOf: ShapeOf): Promise<any> {
  if (patch.$patch === 'delete') return undefined;
  const { apiVersion: _apiVersion, kind, metadata: { name, namespace: _namespace, ...metadata } = {} as any, ...rest } = patch;
  const body = {
    ...rest,
    ...(args.options?.allowKindChange && kind ? { kind } : {}),
    metadata: { ...metadata, ...(args.options?.allowNameChange && name ? { name } : {}) },
  };
  const shape = await shapeOf(idOf(object));
  return shape === undefined ? applyMergePatch(object, body) : applyStrategicMergePatch(object, body, shape);
}

/** Name and kind stay, unless the options let them change. */
function change(item: Item, { options }: Patch, after: any): void {
  const { object } = item;
  const kept = {
    ...after,
    ...(options?.allowKindChange ? {} : { kind: object.kind, apiVersion: object.apiVersion }),
    metadata: { ...after.metadata, ...(options?.allowNameChange ? {} : { name: object.metadata?.name }) },
  };
  if (kept.kind !== object.kind || kept.metadata.name !== object.metadata?.name) remember(item);
  item.object = kept;
}
