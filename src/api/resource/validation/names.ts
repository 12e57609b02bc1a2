/**
 * Names of resource.k8s.io: requests, classes, pools, attributes ("domain/name"
 * or a C identifier alone) and the ids of shares.
 */
import { invalid, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, cIdentifier, dns1123Label, dns1123Subdomain, labelValue, qualifiedName as labelName } from '../../../apimachinery/names.js';
import { complaints } from '../../apps/validation/rules.js';
import { validateCSIDriverName } from '../../storage/strategy/drivername.js';

const ID_MAX = 32;
const DOMAIN_MAX = 63;
const POOL_NAME_MAX = 253;
/** The longest key of attributes and capacities: domain, slash and name. */
export const QUALIFIED_MAX = DOMAIN_MAX + 1 + ID_MAX;

export const validateLabel = (name: string, path: string): Causes => complaints(path, name, dns1123Label(name));
export const validateLabelName = (name: string, path: string): Causes => complaints(path, name, labelName(name));
export const validateLabelValue = (value: string, path: string): Causes => complaints(path, value, labelValue(value));
export const validateNodeName = (name: string, path: string): Causes => complaints(path, name, dns1123Subdomain(name));
export const validateClassName = (name: string, path: string): Causes => (name === '' ? [required(path)] : complaints(path, name, dns1123Subdomain(name)));

export function validatePoolName(name: string, path: string): Causes {
  if (name === '') return [required(path)];
  return [
    ...(byteLength(name) > POOL_NAME_MAX ? [tooLong(path, '', POOL_NAME_MAX)] : []),
    ...name.split('/').flatMap((part) => complaints(path, part, dns1123Subdomain(part))),
  ];
}

/** As Kubernetes does: a name with two slashes is not looked at. */
export function validateQualifiedName(name: string, path: string): Causes {
  const parts = name.split('/');
  if (parts.length === 1) return validateIdentifier(name, path);
  if (parts.length > 2) return [];
  const [domain, id] = parts as [string, string];
  return [
    ...(domain === '' ? [invalid(path, '', 'the domain must not be empty')] : validateCSIDriverName(domain, path)),
    ...(id === '' ? [invalid(path, '', 'the name must not be empty')] : validateIdentifier(id, path)),
  ];
}

export function validateFullyQualifiedName(name: string, path: string): Causes {
  return [
    ...validateQualifiedName(name, path),
    ...(name.includes('/') ? [] : [invalid(path, name, 'a fully qualified name must be a domain and a name separated by a slash')]),
  ];
}

function validateIdentifier(id: string, path: string): Causes {
  return [...(byteLength(id) > ID_MAX ? [tooLong(path, '', ID_MAX)] : []), ...complaints(path, id, cIdentifier(id))];
}

const NORMAL = 'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters';

export function validateUid(uid: string, path: string): Causes {
  const wrong = uuidError(uid);
  if (wrong !== undefined) return [invalid(path, uid, `error validating uid: ${wrong}`)];
  return uid.length !== 36 || uid !== uid.toLowerCase() ? [invalid(path, uid, NORMAL)] : [];
}

/** What github.com/google/uuid says of a text: it also takes braces, "urn:uuid:" and 32 digits alone. */
function uuidError(text: string): string | undefined {
  const format = 'invalid UUID format';
  switch (byteLength(text)) {
    case 32:
      return /^[0-9a-f]{32}$/i.test(text) ? undefined : format;
    case 36:
      return isUuid(text) ? undefined : format;
    case 38:
      if (!text.startsWith('{') || !text.endsWith('}')) return 'invalid bracketed UUID format';
      return isUuid(text.slice(1, 37)) ? undefined : format;
    case 45:
      if (!/^urn:uuid:/i.test(text)) return `invalid urn prefix: ${JSON.stringify(text.slice(0, 9))}`;
      return isUuid(text.slice(9)) ? undefined : format;
    default:
      return `invalid UUID length: ${byteLength(text)}`;
  }
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text);
