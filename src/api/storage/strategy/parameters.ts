/**
 * Rules of the parameters of storage classes and volume attributes classes.
 */
import { invalid, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, qualifiedName } from '../../../apimachinery/names.js';
import { complaints } from '../../apps/validation/rules.js';

const COUNT_MAX = 512;
const BYTES_MAX = 256 * 1024;

export function validateParameters(parameters: Readonly<Record<string, string>> | undefined, path: string, { needed = false } = {}): Causes {
  const entries = Object.entries(parameters ?? {});
  if (entries.length > COUNT_MAX) return [tooLong(path, '', COUNT_MAX)];
  const bytes = entries.reduce((sum, [key, value]) => sum + byteLength(key) + byteLength(value), 0);
  return [
    ...entries.filter(([key]) => key === '').map(([key]) => invalid(path, key, 'field can not be empty.')),
    ...(bytes > BYTES_MAX ? [tooLong(path, '', BYTES_MAX)] : []),
    ...(needed && entries.length === 0 ? [required(path, 'must contain at least one key/value pair')] : []),
  ];
}

/** A provisioner's name, in lower case as it is looked at and told. */
export function validateProvisioner(name: string, path: string): Causes {
  return name === '' ? [required(path)] : complaints(path, name.toLowerCase(), qualifiedName(name.toLowerCase()));
}
