/**
 * The flow schemas and priority levels that a server cannot do without: their
 * specs are fixed, but for how much the exempt level lends.
 */
import { isDeepStrictEqual } from 'node:util';
import { duplicate, invalid, required, type Causes } from '../../../apimachinery/fielderror.js';
import { goStruct } from '../../apps/validation/rules.js';
import { FlowSchemaSpec } from '../types/flowschema.js';
import { PriorityLevelConfigurationSpec } from '../types/prioritylevelconfiguration.js';

const everything = (...groups: readonly string[]) => ({
  subjects: groups.map((name) => ({ kind: 'Group', group: { name } })),
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], clusterScope: true, namespaces: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
});
const SCHEMAS: Readonly<Record<string, object>> = {
  exempt: { priorityLevelConfiguration: { name: 'exempt' }, matchingPrecedence: 1, rules: [everything('system:masters')] },
  'catch-all': {
    priorityLevelConfiguration: { name: 'catch-all' },
    matchingPrecedence: 10_000,
    distinguisherMethod: { type: 'ByUser' },
    rules: [everything('system:unauthenticated', 'system:authenticated')],
  },
};
const CATCH_ALL = { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' }, lendablePercent: 0 } };

export function validateFixedSchema(spec: FlowSchemaSpec, name: string, path: string): Causes {
  const fixed = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  return fixed === undefined || isDeepStrictEqual(spec, fixed)
    ? []
    : [invalid(path, goStruct(spec, FlowSchemaSpec), `spec of '${name}' must equal the fixed value`)];
}

export function validateFixedLevel(spec: PriorityLevelConfigurationSpec, name: string, path: string): Causes {
  const printed = () => goStruct(spec, PriorityLevelConfigurationSpec);
  if (name === 'catch-all' && !isDeepStrictEqual(spec, CATCH_ALL)) return [invalid(path, printed(), `spec of '${name}' must equal the fixed value`)];
  const { exempt: _free, ...rest } = spec;
  return name === 'exempt' && !isDeepStrictEqual(rest, { type: 'Exempt' })
    ? [invalid(path, printed(), `spec of '${name}' except the 'spec.exempt' field must equal the fixed value`)]
    : [];
}

/** Conditions of either kind: each type once, none without a type. */
export function validateFlowConditions(conditions: readonly { type?: string | undefined }[] | undefined): Causes {
  const list = conditions ?? [];
  return list.flatMap(({ type = '' }, at) => {
    const path = `status.conditions[${at}].type`;
    return [
      ...(list.findIndex((other) => (other.type ?? '') === type) < at ? [duplicate(path, type)] : []),
      ...(type === '' ? [required(path, 'must not be empty')] : []),
    ];
  });
}
