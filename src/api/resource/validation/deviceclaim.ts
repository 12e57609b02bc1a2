/**
 * Validation of what a ResourceClaim asks for: requests, constraints between
 * them, and configuration. CEL selectors are compiled by the API server.
 */
import { duplicate, invalid, notSupported, required, tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { cIdentifier, dns1123Label, dns1123Subdomain } from '../../../apimachinery/names.js';
import { complaints, supported } from '../../apps/validation/rules.js';
import { validateCSIDriverName } from '../../storage/strategy/drivername.js';
import type { DeviceSelector } from '../types/deviceclass.js';
import type { DeviceClaim, DeviceClaimConfiguration, DeviceConstraint, DeviceRequest, DeviceSubRequest, DeviceToleration, ExactDeviceRequest } from '../types/resourceclaim.js';

const REQUESTS_MAX = 32;
const FIRST_AVAILABLE_MAX = 8;
const SELECTORS_MAX = 32;
const OPAQUE_BYTES_MAX = 10 * 1024;
const ONE_OF = 'exactly one of `exactly` or `firstAvailable` is required';

export function defaultDeviceClaim(claim: DeviceClaim): void {
  // As Kubernetes does: a list without items reads null.
  if (claim.requests?.length === 0) claim.requests = null as unknown as [];
  const { requests } = claim;
  for (const { exactly, firstAvailable = [] } of requests ?? []) {
    for (const request of [...(exactly ? [exactly] : []), ...firstAvailable]) {
      request.allocationMode ||= 'ExactCount';
      if (request.allocationMode === 'ExactCount') request.count ||= 1;
      for (const toleration of request.tolerations ?? []) toleration.operator ||= 'Equal';
    }
  }
}

export function validateDeviceClaim({ requests, constraints = [], config = [] }: DeviceClaim, path: string): Causes {
  const list = requests ?? [];
  const names = list.flatMap(({ name, firstAvailable = [] }) => [name, ...firstAvailable.map((sub) => `${name}/${sub.name}`)]);
  return [
    ...several(list, `${path}.requests`, REQUESTS_MAX, ({ name }) => name, validateRequest),
    ...constraints.flatMap((constraint, index) => validateConstraint(constraint, names, `${path}.constraints[${index}]`)),
    ...config.flatMap((entry, index) => validateConfig(entry, names, `${path}.config[${index}]`)),
  ];
}

/** A set whose items are told apart by a key: a repeated one is complained of with its key. */
export function several<T>(items: readonly T[], path: string, max: number, keyOf: (item: T) => string, validate: (item: T, path: string) => Causes): Causes {
  return [
    ...(items.length > max ? [tooMany(path, items.length, max)] : []),
    ...items.flatMap((item, index) => [
      ...validate(item, `${path}[${index}]`),
      ...(items.findIndex((other) => keyOf(other) === keyOf(item)) < index ? [duplicate(`${path}[${index}]`, keyOf(item))] : []),
    ]),
  ];
}

function validateRequest({ name, exactly, firstAvailable = [] }: DeviceRequest, path: string): Causes {
  const causes: Causes = complaints(`${path}.name`, name, dns1123Label(name));
  if (exactly && firstAvailable.length > 0) return [...causes, invalid(path, null, ONE_OF)];
  if (exactly) return [...causes, ...validateExact(exactly, `${path}.exactly`)];
  if (firstAvailable.length > 0) return [...causes, ...several(firstAvailable, `${path}.firstAvailable`, FIRST_AVAILABLE_MAX, (sub) => sub.name, validateSubRequest)];
  return [...causes, required(path, ONE_OF)];
}

function validateSubRequest(request: DeviceSubRequest, path: string): Causes {
  return [...complaints(`${path}.name`, request.name, dns1123Label(request.name)), ...validateExact(request, path)];
}

function validateExact(request: ExactDeviceRequest | DeviceSubRequest, path: string): Causes {
  const { deviceClassName, selectors = [], allocationMode = '', count = 0, tolerations = [] } = request;
  return [
    ...(deviceClassName === '' ? [required(`${path}.deviceClassName`)] : complaints(`${path}.deviceClassName`, deviceClassName, dns1123Subdomain(deviceClassName))),
    ...validateSelectors(selectors, `${path}.selectors`),
    ...validateMode(allocationMode, count, path),
    ...tolerations.flatMap((toleration, index) => validateToleration(toleration, `${path}.tolerations[${index}]`)),
  ];
}

function validateMode(mode: string, count: number, path: string): Causes {
  if (mode === 'All') return count === 0 ? [] : [invalid(`${path}.count`, count, "must not be specified when allocationMode is 'All'")];
  if (mode !== 'ExactCount') return [notSupported(`${path}.allocationMode`, mode, ['All', 'ExactCount'])];
  return count <= 0 ? [invalid(`${path}.count`, count, 'must be greater than zero')] : [];
}

function validateToleration({ key = '', operator = '', value = '', effect = '' }: DeviceToleration, path: string): Causes {
  return [
    ...(key === '' && operator !== 'Exists' ? [invalid(`${path}.operator`, operator, 'operator must be Exists when `key` is empty, which means "match all values and all keys"')] : []),
    ...supported(`${path}.operator`, operator, ['Equal', 'Exists']),
    ...(operator === 'Exists' && value !== '' ? [invalid(`${path}.value`, value, 'must be empty for operator `Exists`')] : []),
    ...(effect === '' ? [] : supported(`${path}.effect`, effect, ['NoExecute', 'NoSchedule', 'None'])),
  ];
}

export function validateSelectors(selectors: readonly DeviceSelector[], path: string): Causes {
  return [
    ...(selectors.length > SELECTORS_MAX ? [tooMany(path, selectors.length, SELECTORS_MAX)] : []),
    ...selectors.flatMap(({ cel }, index) => {
      if (!cel) return [required(`${path}[${index}].cel`)];
      return cel.expression.trim() === '' ? [required(`${path}[${index}].cel.expression`)] : [];
    }),
  ];
}

function validateConstraint({ requests = [], matchAttribute, distinctAttribute }: DeviceConstraint, names: readonly string[], path: string): Causes {
  return [
    ...several(requests, `${path}.requests`, REQUESTS_MAX, (name) => name, (name, field) => validateReference(name, names, field)),
    ...(matchAttribute === undefined ? (distinctAttribute === undefined ? [required(`${path}.matchAttribute`)] : []) : validateAttributeName(matchAttribute, `${path}.matchAttribute`)),
    ...(distinctAttribute === undefined ? [] : validateAttributeName(distinctAttribute, `${path}.distinctAttribute`)),
  ];
}

function validateReference(name: string, names: readonly string[], path: string): Causes {
  return names.includes(name) ? [] : [invalid(path, name, 'must be the name of a request in the claim or the name of a request and a subrequest separated by \'/\'')];
}

function validateAttributeName(name: string, path: string): Causes {
  if (name === '') return [required(path)];
  return name.includes('/') ? validateQualifiedName(name, path) : [invalid(path, name, 'must include a domain')];
}

const ID_MAX = 32;
const DOMAIN_MAX = 63;
/** "domain/identifier", or an identifier alone: a C identifier of 32 characters at most. */
export function validateQualifiedName(name: string, path: string): Causes {
  if (name === '') return [required(path, 'name required')];
  const parts = name.split('/');
  if (parts.length > 2) return [invalid(path, name, 'must not contain more than one slash')];
  const id = parts.at(-1)!;
  const domain = parts.length === 2 ? parts[0]! : undefined;
  return [
    ...(domain === '' ? [required(path, 'the domain must not be empty')] : []),
    ...(domain ? [...(domain.length > DOMAIN_MAX ? [{ field: path, type: 'TooLong' as const, message: `Too long: may not be more than ${DOMAIN_MAX} bytes` }] : []), ...complaints(path, domain, dns1123Subdomain(domain))] : []),
    ...(id === '' ? [required(path, 'the name must not be empty')] : [...(id.length > ID_MAX ? [{ field: path, type: 'TooLong' as const, message: `Too long: may not be more than ${ID_MAX} bytes` }] : []), ...complaints(path, id, cIdentifier(id))]),
  ];
}

function validateConfig({ requests = [], opaque }: DeviceClaimConfiguration, names: readonly string[], path: string): Causes {
  return [...several(requests, `${path}.requests`, REQUESTS_MAX, (name) => name, (name, field) => validateReference(name, names, field)), ...validateConfiguration({ opaque }, path)];
}

export function validateConfiguration({ opaque }: Pick<DeviceClaimConfiguration, 'opaque'>, path: string): Causes {
  if (!opaque) return [required(`${path}.opaque`)];
  const { driver, parameters } = opaque;
  const field = `${path}.opaque.parameters`;
  const wrong: Causes =
    parameters === undefined || parameters === null
      ? [required(field)]
      : typeof parameters !== 'object' || Array.isArray(parameters)
        ? [invalid(field, '<value omitted>', 'must be a valid JSON object')]
        : JSON.stringify(parameters).length > OPAQUE_BYTES_MAX
          ? [{ field, type: 'TooLong', message: `Too long: may not be more than ${OPAQUE_BYTES_MAX} bytes` }]
          : [];
  return [...validateCSIDriverName(driver, `${path}.opaque.driver`), ...wrong];
}

