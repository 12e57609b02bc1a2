/** What /scale will read must be readable: replicas that are counts, and a selector that is text. */
import type { CustomResourceSubresourceScale } from '../../api/apiextensions/types/customresourcedefinition.js';
import { invalid, type Causes } from '../../apimachinery/fielderror.js';
import { goValue } from '../../apimachinery/gojson.js';
import { isMap } from '../../apimachinery/patch/json.js';

const INT32_MAX = 2_147_483_647;

export const scaleSpecCauses = (scale: CustomResourceSubresourceScale | undefined, object: unknown): Causes =>
  scale === undefined ? [] : countCauses(scale.specReplicasPath, object);

export function scaleStatusCauses(scale: CustomResourceSubresourceScale | undefined, object: unknown): Causes {
  if (scale === undefined) return [];
  const { statusReplicasPath, labelSelectorPath } = scale;
  const selector = labelSelectorPath === undefined ? undefined : find(labelSelectorPath, object, 'string');
  return [...countCauses(statusReplicasPath, object), ...(selector?.error === undefined ? [] : [invalid(labelSelectorPath!, '', selector.error)])];
}

function countCauses(path: string, object: unknown): Causes {
  const { value = 0, error } = find(path, object, 'int64');
  if (error !== undefined) return [invalid(path, 0, error)];
  if ((value as number) < 0) return [invalid(path, value, 'should be a non-negative integer')];
  return (value as number) > INT32_MAX ? [invalid(path, value, `should be less than or equal to ${INT32_MAX}`)] : [];
}

/** As unstructured's accessors: what is not there is no error. */
function find(path: string, object: unknown, wanted: 'int64' | 'string'): { value?: unknown; error?: string } {
  const fields = path.replace(/^\./, '').split('.');
  let value: unknown = object;
  for (const [at, field] of fields.entries()) {
    if (value === null) return {};
    if (!isMap(value)) return { error: wrong(fields.slice(0, at + 1), value, 'map[string]interface{}') };
    if (!Object.hasOwn(value, field)) return {};
    value = value[field];
  }
  return goType(value) === wanted ? { value } : { error: wrong(fields, value, wanted) };
}

const wrong = (fields: readonly string[], value: unknown, wanted: string): string =>
  `.${fields.join('.')} accessor error: ${value === null ? '<nil>' : goValue(value)} is of the type ${goType(value)}, expected ${wanted}`;

function goType(value: unknown): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'map[string]interface {}';
}
