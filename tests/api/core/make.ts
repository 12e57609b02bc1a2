/** Objects for tests of core/v1: read, defaulted and prepared as the API server does, without one. */
import { fromWire } from '../../../src/apimachinery/walk.js';
import { typeNodeOf } from '../../../src/apimachinery/compile.js';
import type { Raw } from '../../../src/apimachinery/decode.js';
import type { RuleContext, Strategy } from '../../../src/api/kind.js';

export const context: RuleContext = { user: { name: 'tester', groups: [] }, now: Date.parse('2026-01-01T00:00:00Z'), namespace: 'default', dryRun: false };

/** Decoded and defaulted. */
export function read<T>(strategy: Strategy<T>, body: object): T {
  const { object, errors } = fromWire<T>(typeNodeOf(strategy.schema), structuredClone(body) as Raw);
  if (errors.length > 0) throw new Error(errors[0]);
  strategy.defaults?.(object);
  return object;
}

/** As it would be stored. */
export function create<T>(strategy: Strategy<T>, body: object): T {
  const object = read(strategy, body);
  strategy.prepareForCreate?.(object, context);
  return object;
}

/** "field: message" of what a create would be refused for. */
export function complaints<T>(strategy: Strategy<T>, body: object): string[] {
  return (strategy.validate?.(create(strategy, body), context) ?? []).map(({ field, message }) => `${field}: ${message}`);
}

export function updateComplaints<T>(strategy: Strategy<T>, previous: T, body: object, subresource?: string): string[] {
  const next = read(strategy, body);
  const rules = subresource === undefined ? strategy : strategy.subresources![subresource]!;
  rules.prepareForUpdate?.(next, previous, { ...context, ...(subresource === undefined ? {} : { subresource }) });
  return (rules.validateUpdate?.(next, previous, context) ?? []).map(({ field, message }) => `${field}: ${message}`);
}
