/** Rules of resource quotas: what can be counted, and within which scopes. */
import { invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import type { Strategy } from '../../kind.js';
import { isHugePages } from '../resources.js';
import { defaultResourceList } from '../defaults/resources.js';
import { ResourceQuota, ScopeSelector, type ResourceQuotaSpec } from '../types/resourcequota.js';
import { immutable } from '../validation/complaints.js';
import { COMPUTE_RESOURCES, QUOTA_OBJECTS, validateQuantityValue, validateResourceName } from '../validation/resources.js';

export const strategy: Strategy<ResourceQuota> = {
  schema: ResourceQuota,
  defaults({ spec, status }) {
    for (const list of [spec.hard, status.hard, status.used]) defaultResourceList(list);
  },
  prepareForCreate(quota) {
    quota.status = {};
  },
  prepareForUpdate(next, previous) {
    next.status = structuredClone(previous.status);
  },
  validate: ({ spec }) => validateSpec(spec),
  validateUpdate: (next, previous, _, { changed } = { whole: [], changed: [] }) => [
    ...changed,
    ...validateSpec(next.spec),
    ...scopesKept(next.spec, previous.spec),
  ],
  placesMetadata: true,
  generation: false,
  deleteReturnsObject: true,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = structuredClone(previous.spec);
      },
      validateUpdate: ({ status }) => [...amounts(status.hard, 'status.hard'), ...amounts(status.used, 'status.used')],
    },
  },
};

const STANDARD = new Set([...COMPUTE_RESOURCES, 'requests.storage', ...QUOTA_OBJECTS]);
/** Of what can be counted, what pods ask for; not their ephemeral storage, though that is counted too. */
const OF_PODS = new Set(['pods', 'cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory']);
const isStandard = (name: string): boolean => STANDARD.has(name) || isHugePages(name) || name.startsWith('requests.hugepages-');
const SCOPES = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'PriorityClass', 'CrossNamespacePodAffinity', 'VolumeAttributesClass'];
const WITHOUT_VALUES = ['Terminating', 'NotTerminating', 'BestEffort', 'NotBestEffort', 'CrossNamespacePodAffinity'];
const OPPOSITES = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];

function validateSpec(spec: ResourceQuotaSpec): Causes {
  return [...amounts(spec.hard, 'spec.hard'), ...scopes(spec), ...scopeSelector(spec)];
}

function amounts(list: Readonly<Record<string, string>> | undefined, field: string): Causes {
  return Object.keys(list ?? {})
    .sort()
    .flatMap((name) => {
      const path = `${field}[${name}]`;
      const known = name.includes('/') || isStandard(name) ? [] : [invalid(path, name, 'must be a standard resource for quota')];
      return [...validateResourceName(name, path), ...known, ...validateQuantityValue(name, list![name]!, path)];
    });
}

/** Whether a scope makes sense for a resource that quota knows. */
function applies(scope: string, resource: string): boolean {
  if (!isStandard(resource)) return true;
  if (scope === 'BestEffort') return resource === 'pods';
  if (scope === 'VolumeAttributesClass') return resource === 'persistentvolumeclaims' || resource === 'requests.storage';
  return SCOPES.includes(scope) ? OF_PODS.has(resource) : true;
}

const misapplied = (scope: string, { hard }: ResourceQuotaSpec): number => Object.keys(hard ?? {}).filter((name) => !applies(scope, name)).length;

function scopes(spec: ResourceQuotaSpec): Causes {
  const given = spec.scopes ?? [];
  const causes = given.flatMap((scope) => [
    ...(SCOPES.includes(scope) ? [] : [invalid('spec.scopes', given, 'unsupported scope')]),
    ...Array.from({ length: misapplied(scope, spec) }, () => invalid('spec.scopes', given, 'unsupported scope applied to resource')),
  ]);
  for (const pair of OPPOSITES) if (pair.every((scope) => given.includes(scope))) causes.push(invalid('spec.scopes', given, 'conflicting scopes'));
  return causes;
}

const EXISTS_ONLY =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
function scopeSelector(spec: ResourceQuotaSpec): Causes {
  const field = 'spec.scopeSelector.matchExpressions';
  const selector = spec.scopeSelector;
  const expressions = selector?.matchExpressions ?? [];
  const causes = expressions.flatMap(({ scopeName, operator, values = [] }) => {
    const shown = goInternal(selector, typeNodeOf(ScopeSelector));
    const causes = SCOPES.includes(scopeName) ? [] : [invalid(`${field}.scopeName`, scopeName, 'unsupported scope')];
    for (let count = misapplied(scopeName, spec); count > 0; count--) causes.push(invalid(field, shown, 'unsupported scope applied to resource'));
    if (WITHOUT_VALUES.includes(scopeName) && operator !== 'Exists') causes.push(invalid(`${field}.operator`, operator, EXISTS_ONLY));
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) causes.push(required(`${field}.values`, "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"));
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0)
        causes.push(invalid(`${field}.values`, values, "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"));
    } else causes.push(invalid(`${field}.operator`, operator, 'not a valid selector operator'));
    return causes;
  });
  const given = expressions.map(({ scopeName }) => scopeName);
  // As Kubernetes does: the value told is that of the other list.
  return [
    ...causes,
    ...OPPOSITES.flatMap((pair) => (pair.every((scope) => given.includes(scope)) ? [invalid(field, spec.scopes ?? null, 'conflicting scopes')] : [])),
  ];
}

function scopesKept(next: ResourceQuotaSpec, previous: ResourceQuotaSpec): Causes {
  const sorted = (list: readonly string[] | undefined): string[] => [...new Set(list)].sort();
  return immutable(sorted(next.scopes), sorted(previous.scopes), 'spec.scopes');
}
