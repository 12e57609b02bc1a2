/**
 * What webhooks and policies match on: operations, groups, versions and
 * resources; and conditions, parameters and names that both have.
 */
import { duplicate, forbidden, invalid, required, tooMany, type Causes } from '../../../apimachinery/fielderror.js';
import { dns1035Label, dns1123Subdomain, qualifiedName } from '../../../apimachinery/names.js';
import { validateLabelSelector } from '../../apps/validation/labelselector.js';
import { pathSegmentName } from '../../apps/validation/pathsegment.js';
import { complaints, supported } from '../../apps/validation/rules.js';
import { expressionCauses, ExpressionScope } from '../cel/expressions.js';
import type { MatchCondition, MatchResources, NamedRuleWithOperations, ParamKind, RuleWithOperations, Variable } from '../types/mutatingadmissionpolicy.js';
import type { ParamRef } from '../types/mutatingadmissionpolicybinding.js';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];
const CONDITIONS_MAX = 64;
const CEL_IDENTIFIER = /^[_a-zA-Z][_a-zA-Z0-9]*$/;
const CEL_RESERVED = 'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' ');

export const FAILURE_POLICIES = ['Fail', 'Ignore'];
export const MATCH_POLICIES = ['Equivalent', 'Exact'];

export function validateRule({ operations = [], apiGroups = [], apiVersions = [], resources = [], scope }: RuleWithOperations, path: string): Causes {
  return [
    ...(operations.length === 0 ? [required(`${path}.operations`)] : []),
    ...aloneStar(operations, `${path}.operations`, 'operations'),
    ...operations.flatMap((operation, index) => supported(`${path}.operations[${index}]`, operation, OPERATIONS)),
    ...(apiGroups.length === 0 ? [required(`${path}.apiGroups`)] : []),
    ...aloneStar(apiGroups, `${path}.apiGroups`, 'API groups'),
    ...(apiVersions.length === 0 ? [required(`${path}.apiVersions`)] : []),
    ...aloneStar(apiVersions, `${path}.apiVersions`, 'API versions'),
    ...apiVersions.flatMap((version, index) => (version === '' ? [required(`${path}.apiVersions[${index}]`)] : [])),
    ...validateResources(resources, `${path}.resources`),
    ...(scope === undefined ? [] : supported(`${path}.scope`, scope, SCOPES)),
  ];
}

function aloneStar(values: readonly string[], path: string, plural: string): Causes {
  return values.length > 1 && values.includes('*') ? [invalid(path, values, `if '*' is present, must not specify other ${plural}`)] : [];
}

function validateResources(resources: readonly string[], path: string): Causes {
  if (resources.length === 0) return [required(path)];
  const causes: Causes = [];
  const allSubresources = new Set<string>();
  const ofAllResources = new Set<string>();
  // As Kubernetes does: the last one without a slash decides.
  let hasPlain = false;
  resources.forEach((text, index) => {
    if (text === '') return void causes.push(required(`${path}[${index}]`));
    const slash = text.indexOf('/');
    if (slash < 0) return void (hasPlain = text !== '*');
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
    if (allSubresources.has(resource)) causes.push(invalid(`${path}[${index}]`, text, `if '${resource}/*' is present, must not specify ${text}`));
    if (ofAllResources.has(subresource)) causes.push(invalid(`${path}[${index}]`, text, `if '*/${subresource}' is present, must not specify ${text}`));
    if (subresource === '*') allSubresources.add(resource);
    if (resource === '*') ofAllResources.add(subresource);
    return undefined;
  });
  if (resources.length > 1 && resources.includes('*/*')) causes.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  if (resources.includes('*') && hasPlain) causes.push(invalid(path, resources, "if '*' is present, must not specify other resources without subresources"));
  return causes;
}

export function validateMatchResources(match: MatchResources, path: string): Causes {
  const { matchPolicy, namespaceSelector, objectSelector, resourceRules = [], excludeResourceRules = [] } = match;
  return [
    ...(matchPolicy === undefined ? [required(`${path}.matchPolicy`)] : supported(`${path}.matchPolicy`, matchPolicy, MATCH_POLICIES)),
    ...(namespaceSelector ? validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`) : [required(`${path}.namespaceSelector`)]),
    ...(objectSelector ? validateLabelSelector(objectSelector, `${path}.objectSelector`) : [required(`${path}.objectSelector`)]),
    ...resourceRules.flatMap((rule, index) => validateNamedRule(rule, `${path}.resourceRules[${index}]`)),
    ...excludeResourceRules.flatMap((rule, index) => validateNamedRule(rule, `${path}.excludeResourceRules[${index}]`)),
  ];
}

function validateNamedRule(rule: NamedRuleWithOperations, path: string): Causes {
  const names = rule.resourceNames ?? [];
  return [
    ...names.flatMap((name, index) => [
      ...complaints(`${path}.resourceNames[${index}]`, name, pathSegmentName(name)),
      ...(names.indexOf(name) < index ? [duplicate(`${path}.resourceNames[${index}]`, name)] : []),
    ]),
    ...validateRule(rule, path),
  ];
}

/** `params`: whether they may speak of parameters. */
export function validateMatchConditions(conditions: readonly MatchCondition[], path: string, { params = false }: { params?: boolean } = {}): Causes {
  const scope = new ExpressionScope({ params, variables: false });
  return [
    ...(conditions.length > CONDITIONS_MAX ? [tooMany(path, conditions.length, CONDITIONS_MAX)] : []),
    ...conditions.flatMap(({ name, expression }, index) => [
      ...(expression.trim() === ''
        ? [required(`${path}[${index}].expression`)]
        : expressionCauses(scope.compile(expression.trim(), 'bool'), `${path}[${index}].expression`, expression.trim())),
      ...(name === '' ? [required(`${path}[${index}].name`)] : complaints(`${path}[${index}].name`, name, qualifiedName(name))),
      ...(name !== '' && conditions.findIndex((other) => other.name === name) < index ? [duplicate(`${path}[${index}].name`, name)] : []),
    ]),
  ];
}

/** Each may speak of those before it: they are added to the scope. */
export function validateVariables(variables: readonly Variable[], path: string, scope: ExpressionScope): Causes {
  return variables.flatMap(({ name, expression }, index) => [
    ...(name.trim() === ''
      ? [required(`${path}[${index}].name`, 'name is not specified')]
      : isCelIdentifier(name)
        ? []
        : [invalid(`${path}[${index}].name`, name, 'must be a valid CEL identifier')]),
    ...(expression.trim() === ''
      ? [required(`${path}[${index}].expression`, 'expression is not specified')]
      : expressionCauses(scope.addVariable(name, expression), `${path}[${index}].expression`, expression)),
  ]);
}

const isCelIdentifier = (name: string): boolean => CEL_IDENTIFIER.test(name) && !CEL_RESERVED.includes(name);

export function validateParamKind({ apiVersion = '', kind = '' }: ParamKind, path: string): Causes {
  return [
    ...validateGroupVersion(apiVersion, `${path}.apiVersion`),
    ...(kind === ''
      ? [required(`${path}.kind`)]
      : joined(`${path}.kind`, kind, dns1035Label(kind.toLowerCase()), 'may have mixed case, but should otherwise match: ')),
  ];
}

function validateGroupVersion(text: string, path: string): Causes {
  if (text === '') return [required(path)];
  const parts = text.split('/');
  if (parts.length > 2) return [invalid(path, text, `unexpected GroupVersion string: ${text}`)];
  const group = parts.length === 2 ? parts[0]! : '';
  const version = parts.at(-1)!;
  return [
    ...(group === '' ? [] : joined(path, group, dns1123Subdomain(group))),
    ...(version === '' ? [invalid(path, text, 'version must be specified')] : joined(path, version, dns1035Label(version))),
  ];
}

/** All that is wrong with a value, in one complaint. */
const joined = (path: string, value: string, messages: readonly string[], head = ''): Causes =>
  messages.length === 0 ? [] : [invalid(path, value, head + messages.join(','))];

export function validateParamRef({ name = '', selector, parameterNotFoundAction: action }: ParamRef, path: string): Causes {
  const causes: Causes = name === '' ? [] : complaints(`${path}.name`, name, pathSegmentName(name));
  const isBoth = name !== '' && selector !== undefined;
  const message = 'name and selector are mutually exclusive';
  if (isBoth) causes.push(forbidden(`${path}.name`, message));
  causes.push(...validateLabelSelector(selector, `${path}.selector`));
  if (isBoth) causes.push(forbidden(`${path}.selector`, message));
  if (name === '' && !selector) causes.push(required(path, 'one of name or selector must be specified'));
  return [...causes, ...(action ? supported(`${path}.parameterNotFoundAction`, action, ['Deny', 'Allow']) : [required(`${path}.parameterNotFoundAction`)])];
}

/** There is nothing to change in what is being deleted. */
export function validateMutatingOperations(match: MatchResources | undefined, path: string): Causes {
  return (match?.resourceRules ?? []).flatMap(({ operations = [] }) =>
    operations.flatMap((operation) => supported(`${path}.resourceRules.operations`, operation, ['*', 'CONNECT', 'CREATE', 'UPDATE'])),
  );
}

export function validatePolicyName(name: string | undefined, path: string): Causes {
  return name ? complaints(path, name, dns1123Subdomain(name)) : [required(path)];
}

/** Go's defaults for everything that matches: all scopes, all namespaces, all objects. */
export function defaultMatchResources(match: MatchResources): void {
  match.matchPolicy ??= 'Equivalent';
  match.namespaceSelector ??= {};
  match.objectSelector ??= {};
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])]) rule.scope ??= '*';
}
