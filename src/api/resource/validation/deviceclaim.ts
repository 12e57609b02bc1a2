/**
 * Validation of what a ResourceClaim asks for: requests, constraints between
 * them, and configuration.
 */
import { invalid, notSupported, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength } from '../../../apimachinery/names.js';
import { validateCSIDriverName } from '../../storage/strategy/drivername.js';
import type { DeviceSelector } from '../types/deviceclass.js';
import type {
  DeviceClaim,
  DeviceClaimConfiguration,
  DeviceConstraint,
  DeviceRequest,
  DeviceSubRequest,
  DeviceToleration,
  ExactDeviceRequest,
} from '../types/resourceclaim.js';
import { validateList, validateSet } from './lists.js';
import { validateClassName, validateFullyQualifiedName, validateLabel, validateLabelName, validateLabelValue } from './names.js';
import { validateExpression } from './selectors.js';

export const REQUESTS_MAX = 32;
export const CONFIG_MAX = 32;
const CONSTRAINTS_MAX = 32;
const FIRST_AVAILABLE_MAX = 8;
const SELECTORS_MAX = 32;
const OPAQUE_BYTES_MAX = 10 * 1024;
export const TAINT_EFFECTS = ['NoExecute', 'NoSchedule', 'None'];
const ONE_OF = 'exactly one of `exactly` or `firstAvailable` is required';
const ONE_ATTRIBUTE = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set';

export function defaultDeviceClaim(claim: DeviceClaim): void {
  const { requests } = claim;
  for (const { exactly, firstAvailable = [] } of requests ?? []) {
    for (const request of [...(exactly ? [exactly] : []), ...firstAvailable]) {
      request.allocationMode ||= 'ExactCount';
      if (request.allocationMode === 'ExactCount') request.count ||= 1;
      for (const toleration of request.tolerations ?? []) toleration.operator ||= 'Equal';
    }
  }
}

export function validateDeviceClaim(claim: DeviceClaim, path: string): Causes {
  const { requests, constraints = [], config = [] } = claim;
  const names = requestNames(claim);
  return [
    ...validateSet(requests ?? [], `${path}.requests`, REQUESTS_MAX, ({ name }) => name, validateRequest),
    ...validateList(constraints, `${path}.constraints`, CONSTRAINTS_MAX, (constraint, field) => validateConstraint(constraint, names, field)),
    ...validateList(config, `${path}.config`, CONFIG_MAX, (entry, field) => validateConfig(entry, names, field)),
  ];
}

/** What constraints and results may name: a request, or a request and one of its alternatives. */
export type RequestNames = ReadonlySet<string>;

export function requestNames({ requests }: DeviceClaim): RequestNames {
  return new Set((requests ?? []).flatMap(({ name, firstAvailable = [] }) => [name, ...firstAvailable.map((sub) => `${name}/${sub.name}`)]));
}

function validateRequest({ name, exactly, firstAvailable = [] }: DeviceRequest, path: string): Causes {
  const causes = validateLabel(name, `${path}.name`);
  if (exactly && firstAvailable.length > 0) return [...causes, invalid(path, null, `${ONE_OF}, but multiple fields are set`)];
  if (exactly) return [...causes, ...validateExact(exactly, `${path}.exactly`)];
  if (firstAvailable.length > 0)
    return [...causes, ...validateSet(firstAvailable, `${path}.firstAvailable`, FIRST_AVAILABLE_MAX, (sub) => sub.name, validateSubRequest)];
  return [...causes, required(path, ONE_OF)];
}

function validateSubRequest(request: DeviceSubRequest, path: string): Causes {
  return [...validateLabel(request.name, `${path}.name`), ...validateExact(request, path)];
}

function validateExact(
  { deviceClassName, selectors = [], allocationMode = '', count = 0, tolerations = [] }: ExactDeviceRequest | DeviceSubRequest,
  path: string,
): Causes {
  return [
    ...validateClassName(deviceClassName, `${path}.deviceClassName`),
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
    ...(key === '' ? [] : validateLabelName(key, `${path}.key`)),
    ...validateOperator(operator, value, path),
    ...(effect === '' || TAINT_EFFECTS.includes(effect) ? [] : [notSupported(`${path}.effect`, effect, TAINT_EFFECTS)]),
  ];
}

function validateOperator(operator: string, value: string, path: string): Causes {
  if (operator === 'Exists') return value === '' ? [] : [invalid(`${path}.value`, value, 'must be empty for operator `Exists`')];
  if (operator === 'Equal') return validateLabelValue(value, `${path}.value`);
  return operator === '' ? [required(`${path}.operator`)] : [notSupported(`${path}.operator`, operator, ['Equal', 'Exists'])];
}

export function validateSelectors(selectors: readonly DeviceSelector[], path: string): Causes {
  return validateList(selectors, path, SELECTORS_MAX, ({ cel }, field) => {
    if (!cel) return [required(`${field}.cel`)];
    return validateExpression(cel.expression, `${field}.cel.expression`);
  });
}

function validateConstraint({ requests = [], matchAttribute, distinctAttribute }: DeviceConstraint, names: RequestNames, path: string): Causes {
  return [...validateReferences(requests, names, `${path}.requests`), ...validateAttribute(matchAttribute, distinctAttribute, path)];
}

function validateAttribute(match: string | undefined, distinct: string | undefined, path: string): Causes {
  if (match !== undefined) return validateFullyQualifiedName(match, `${path}.matchAttribute`);
  return distinct === undefined ? [required(path, ONE_ATTRIBUTE)] : validateFullyQualifiedName(distinct, `${path}.distinctAttribute`);
}

export function validateReferences(requests: readonly string[], names: RequestNames, path: string): Causes {
  return validateSet(
    requests,
    path,
    REQUESTS_MAX,
    (name) => name,
    (name, field) => validateReference(name, names, field),
  );
}

const NO_REQUEST = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

export function validateReference(name: string, names: RequestNames, path: string): Causes {
  const parts = name.split('/');
  if (parts.length > 2) return [invalid(path, name, NO_REQUEST)];
  return [...parts.flatMap((part) => validateLabel(part, path)), ...(names.has(name) ? [] : [invalid(path, name, NO_REQUEST)])];
}

function validateConfig({ requests = [], opaque }: DeviceClaimConfiguration, names: RequestNames, path: string): Causes {
  return [...validateReferences(requests, names, `${path}.requests`), ...validateConfiguration({ opaque }, path)];
}

export function validateConfiguration({ opaque }: Pick<DeviceClaimConfiguration, 'opaque'>, path: string): Causes {
  if (!opaque) return [required(`${path}.opaque`)];
  return [
    ...validateCSIDriverName(opaque.driver, `${path}.opaque.driver`),
    ...validateRawObject(opaque.parameters, `${path}.opaque.parameters`, OPAQUE_BYTES_MAX),
  ];
}

/** A runtime.RawExtension that must be a JSON object of at most `max` bytes. */
export function validateRawObject(value: unknown, path: string, max: number): Causes {
  if (value === undefined || value === null) return [required(path)];
  if (byteLength(JSON.stringify(value)) > max) return [tooLong(path, '', max)];
  return typeof value === 'object' && !Array.isArray(value) ? [] : [invalid(path, '<value omitted>', 'must be a valid JSON object')];
}
