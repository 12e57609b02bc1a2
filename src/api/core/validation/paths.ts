/** Rules of file paths in volumes and mounts. */
import { invalid, type Causes } from '../../../apimachinery/fielderror.js';

export function pathNoBacksteps(path: string, field: string): Causes {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

export function localDescendingPath(path: string, field: string): Causes {
  return [...(path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : []), ...pathNoBacksteps(path, field)];
}

export function localNonReservedPath(path: string, field: string): Causes {
  // A ".." element was complained about already.
  return [...localDescendingPath(path, field), ...(path.startsWith('..') && !path.startsWith('../') ? [invalid(field, path, "must not start with '..'")] : [])];
}
