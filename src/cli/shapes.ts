/** The shapes of built-in kinds, for patches made on this side. undefined: a custom resource, whose lists are replaced whole. */
import type { StructNode } from '../apimachinery/typenode.js';
import type { Resource } from './discovery.js';
import type { RawObject } from '../apimachinery/decode.js';

export async function shapeOf({ group, version, name }: Pick<Resource, 'group' | 'version' | 'name'>): Promise<StructNode | undefined> {
  const { KINDS } = await import('../api/kinds.js');
  const kind = KINDS.find((one) => one.group === group && one.version === version && one.plural === name);
  if (kind === undefined) return undefined;
  const { typeNodeOf } = await import('../apimachinery/compile.js');
  return typeNodeOf((await kind.strategy()).schema);
}

/** An object of a file as if read into its Go struct and written back; undefined for a kind that is not built in. */
export async function decodedLocally(object: any): Promise<any> {
  const { KINDS } = await import('../api/kinds.js');
  const kind = KINDS.find((one) => one.kind === object.kind && (one.group === '' ? one.version : `${one.group}/${one.version}`) === object.apiVersion);
  if (kind === undefined) return undefined;
  const shape = await shapeOf({ group: kind.group, version: kind.version, name: kind.plural });
  const { fromWire } = await import('../apimachinery/walk.js');
  return fromWire<any>(shape!, object as RawObject).object;
}

/** What Go's decoder says of metadata that is none: a number among the labels, say. undefined where nothing is wrong. */
export async function metadataProblem(metadata: unknown): Promise<string | undefined> {
  if (metadata === undefined || metadata === null || isPlain(metadata)) return undefined;
  const shape = await shapeOf({ group: '', version: 'v1', name: 'configmaps' });
  const { fromWire } = await import('../apimachinery/walk.js');
  return fromWire(shape!, { metadata } as unknown as RawObject).errors[0];
}

const TEXTS = new Set(['name', 'generateName', 'namespace', 'uid', 'resourceVersion', 'selfLink']);

/** Nearly all metadata is; the decoder is loaded for the rest alone. */
const isPlain = (metadata: unknown): boolean =>
  isMap(metadata) &&
  Object.entries(metadata).every(([key, value]) =>
    TEXTS.has(key)
      ? typeof value === 'string'
      : (key === 'labels' || key === 'annotations') && isMap(value) && Object.values(value).every((one) => typeof one === 'string'),
  );

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
