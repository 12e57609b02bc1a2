/**
 * An object in the order in which Go writes a struct: kind and apiVersion, then
 * the fields as declared. So kubectl prints and records what it made itself,
 * while what it only passes on has its keys sorted.
 */
import { goJsonIndent, goJson, sortedKeys } from '../apimachinery/gojson.js';
import type { TypeNode } from '../apimachinery/typenode.js';
import type { Resource } from './discovery.js';
import { shapeOf } from './shapes.js';

type Kind = Pick<Resource, 'group' | 'version' | 'name'>;

/** The same object with its keys in Go's order; maps are sorted. */
export const inGoOrder = async (resource: Kind, object: any): Promise<any> => (await goOrderOf(resource))(object);

/** inGoOrder for many objects of one kind. */
export async function goOrderOf(resource: Kind): Promise<(object: any) => any> {
  const shape = await shapeOf(resource);
  if (shape === undefined) return sortedKeys;
  return ({ kind, apiVersion, ...rest }) => ({ kind, apiVersion, ...ordered(shape, rest) });
}

function ordered(node: TypeNode, value: any): any {
  if (value === null || typeof value !== 'object') return value;
  if (node.kind === 'struct') {
    const known = node.fields.filter(({ name }) => value[name] !== undefined).map(({ name, type }) => [name, ordered(type, value[name])]);
    const others = Object.keys(value)
      .filter((name) => !node.byName.has(name))
      .sort();
    return Object.fromEntries([...known, ...others.map((name) => [name, sortedKeys(value[name])])]);
  }
  if (node.kind === 'list' && Array.isArray(value)) return value.map((item) => ordered(node.items, item));
  if (node.kind === 'map')
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((key) => [key, ordered(node.values, value[key])]),
    );
  return sortedKeys(value);
}

export const typedJson = async (resource: Kind, object: any): Promise<string> => `${goJsonIndent(await inGoOrder(resource, object))}\n`;

/** On one line. */
export const typedCompactJson = async (resource: Kind, object: any): Promise<string> => goJson(await inGoOrder(resource, object));
