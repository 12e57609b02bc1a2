/**
 * What can be wrong with a patch, in Kubernetes' words. `code` is the HTTP code
 * the API server answers with; 500 where it does not tell a bad patch from a
 * fault of its own, as Kubernetes does not.
 */
import { goText } from './gotext.js';

export class PatchError extends Error {
  readonly code: 400 | 409 | 422 | 500;
  constructor(message: string, code: 400 | 409 | 422 | 500 = 500) {
    super(message);
    this.name = 'PatchError';
    this.code = code;
  }
}

export const isPatchError = (error: unknown): error is PatchError => error instanceof PatchError;

export const badRetainKeys = () => new PatchError('invalid patch format of retainKeys', 400);
export const badPrimitiveList = () => new PatchError('invalid patch format of primitive list', 400);
export const badSetElementOrder = () => new PatchError('invalid patch format of setElementOrder list', 400);
export const noListOfLists = () => new PatchError('lists of lists are not supported', 422);
export const noMergeKey = (item: unknown, key: string) => new PatchError(`map: ${goText(item)} does not contain declared merge key: ${key}`);
export const badPatchType = (type: unknown, patch: unknown) => new PatchError(`unknown patch type: ${goText(type)} in map: ${goText(patch)}`);
/** A map or list was needed; Go names both types. */
export const badArgument = (expected: 'map' | 'list', value: unknown) => new PatchError(`expected a ${goNames[expected]}, but received a ${goNameOf(value)}`);

const goNames = { map: 'map[string]interface {}', list: '[]interface {}' };
function goNameOf(value: unknown): string {
  if (value === null || value === undefined) return '%!s(<nil>)';
  if (Array.isArray(value)) return goNames.list;
  if (typeof value === 'object') return goNames.map;
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'bigint' ? 'int64' : typeof value;
}
