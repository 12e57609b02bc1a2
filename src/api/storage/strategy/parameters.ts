/**
 * Rules of the parameters of storage classes and volume attributes classes.
 */
import { invalid, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength } from '../../../apimachinery/names.js';

const COUNT_MAX = 512;
const BYTES_MAX = 256 * 1024;

export function validateParameters(parameters: Readonly<Record<string, string>> | undefined, path: string, { needed = false } = {}): Causes {
  const entries = Object.entries(parameters ?? {});
  if (needed && entries.length === 0) return [required(path, 'must contain at least one key/value pair')];
  const bytes = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  return [
    ...(entries.length > COUNT_MAX ? [tooLong(path, 'Provisioner Parameters exceeded max allowed', COUNT_MAX)] : []),
    ...entries.filter(([key]) => key === '').map(([key]) => invalid(path, key, 'field can not be empty.')),
    ...(bytes > BYTES_MAX ? [tooLong(path, '', BYTES_MAX)] : []),
  ];
}
