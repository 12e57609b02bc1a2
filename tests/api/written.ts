/** A manifest as a kind's strategy would take it on create: decoded, defaulted, prepared and judged. */
import type { Kind, RuleContext } from '../../src/api/kind.js';
import { typeNodeOf } from '../../src/apimachinery/compile.js';
import type { Raw } from '../../src/apimachinery/decode.js';
import { fromWire } from '../../src/apimachinery/walk.js';

export const CONTEXT: RuleContext = { user: { name: 'jane', groups: ['devs'] }, now: 0, dryRun: false };

export async function decoded(kind: Kind, body: object): Promise<any> {
  const strategy = await kind.strategy();
  const { object } = fromWire<any>(typeNodeOf(strategy.schema), structuredClone(body) as Raw);
  object.metadata ??= {};
  strategy.defaults?.(object);
  return object;
}

export async function written(kind: Kind, body: object): Promise<{ object: any; causes: string[] }> {
  const strategy = await kind.strategy();
  const object = await decoded(kind, body);
  strategy.prepareForCreate?.(object, CONTEXT);
  object.metadata.uid = 'u-1';
  return { object, causes: (strategy.validate?.(object, CONTEXT) ?? []).map(({ field, message }) => `${field}: ${message}`) };
}

export async function updated(kind: Kind, before: object, after: object): Promise<string[]> {
  const strategy = await kind.strategy();
  const { object: previous } = await written(kind, before);
  const next = await decoded(kind, after);
  Object.assign(next.metadata, { uid: previous.metadata.uid });
  strategy.prepareForUpdate?.(next, previous, CONTEXT);
  return (strategy.validateUpdate?.(next, previous, CONTEXT) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

/** A copy with one place changed; `undefined` deletes. */
export function withChange<T extends object>(base: T, path: string, value: unknown): T {
  const copy = structuredClone(base) as any;
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce((node, key) => (node[key] ??= {}), copy);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}
