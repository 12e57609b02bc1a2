/**
 * Rules of a CSI driver's name.
 */
import { required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1123Subdomain } from '../../../apimachinery/names.js';
import { complaints } from '../../apps/validation/rules.js';

const NAME_MAX = 63;

export function validateCSIDriverName(name: string, path: string): Causes {
  return [
    ...(name === '' ? [required(path)] : []),
    ...(name.length > NAME_MAX ? [tooLong(path, name, NAME_MAX)] : []),
    ...(name === '' ? [] : complaints(path, name, dns1123Subdomain(name.toLowerCase()))),
  ];
}
