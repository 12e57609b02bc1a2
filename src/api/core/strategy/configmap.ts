/** Rules of config maps: keys, sizes, and immutable ones. */
import { forbidden, invalid, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, configMapKey } from '../../../apimachinery/names.js';
import type { Strategy } from '../../kind.js';
import { ConfigMap } from '../types/configmap.js';
import { invalidEach, semanticEqual } from '../validation/complaints.js';

export const DATA_MAX = 1024 * 1024;

export const strategy: Strategy<ConfigMap> = {
  schema: ConfigMap,
  validate,
  validateUpdate: (next, previous, _, { whole, changed } = { whole: [], changed: [] }) => [
    ...changed,
    ...immutableData(next, previous),
    ...whole,
    ...validate(next),
  ],
  placesMetadata: true,
};

function validate({ data = {}, binaryData = {} }: ConfigMap): Causes {
  const causes: Causes = [];
  let size = 0;
  for (const [key, value] of Object.entries(data)) {
    causes.push(...invalidEach(`data[${key}]`, key, configMapKey(key)));
    if (Object.hasOwn(binaryData, key)) causes.push(invalid(`data[${key}]`, key, 'duplicate of key present in binaryData'));
    size += byteLength(value);
  }
  for (const [key, value] of Object.entries(binaryData)) {
    causes.push(...invalidEach(`binaryData[${key}]`, key, configMapKey(key)));
    size += Buffer.from(value ?? '', 'base64').length;
  }
  return size > DATA_MAX ? [...causes, tooLong('', '', DATA_MAX)] : causes;
}

type Sealed = { immutable?: boolean; data?: object; binaryData?: object };
/** What is immutable stays so, and keeps its data. */
export function immutableData(next: Sealed, previous: Sealed): Causes {
  if (previous.immutable !== true) return [];
  const text = 'field is immutable when `immutable` is set';
  return [
    ...(next.immutable === true ? [] : [forbidden('immutable', text)]),
    ...(semanticEqual(next.data ?? {}, previous.data ?? {}) ? [] : [forbidden('data', text)]),
    ...(semanticEqual(next.binaryData ?? {}, previous.binaryData ?? {}) ? [] : [forbidden('binaryData', text)]),
  ];
}
