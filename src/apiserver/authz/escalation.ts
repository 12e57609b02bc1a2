/**
 * Nobody gives away what they do not have: whether one set of rules covers
 * another, as k8s.io/component-helpers has it, and the words for what is
 * missing.
 */
import type { UserInfo } from '../../apimachinery/request.js';
import type { PolicyRule } from './authorizer.js';

/** One verb on one resource (of one name), or on one path. */
interface Right {
  verb: string;
  group?: string;
  resource?: string;
  name?: string;
  url?: string;
}

/** The rights of `wanted` that `held` does not give; none: it covers them. */
export function missingRights(held: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  return wanted
    .flatMap(rightsOf)
    .filter((right) => !held.some((rule) => covers(rule, right)))
    .map(ruleOf);
}

export function escalationText({ name, groups }: UserInfo, missing: readonly PolicyRule[], errors: readonly string[]): string {
  const told = [...new Set(compact(missing).map(compactText))].sort();
  const unresolved = errors.length === 0 ? '' : `; resolution errors: [${errors.join(' ')}]`;
  return `user ${JSON.stringify(name)} (groups=${list(groups)}) is attempting to grant RBAC permissions not currently held:\n${told.join('\n')}${unresolved}`;
}

function rightsOf({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): Right[] {
  const rights: Right[] = [];
  for (const group of apiGroups ?? []) {
    for (const resource of resources ?? []) {
      for (const verb of verbs) {
        if ((resourceNames ?? []).length === 0) rights.push({ verb, group, resource });
        else for (const name of resourceNames!) rights.push({ verb, group, resource, name });
      }
    }
  }
  for (const url of nonResourceURLs ?? []) for (const verb of verbs) rights.push({ verb, url });
  return rights;
}

function covers(rule: PolicyRule, { verb, group, resource, name, url }: Right): boolean {
  if (!includes(rule.verbs, verb)) return false;
  if (url !== undefined)
    return (rule.nonResourceURLs ?? []).some((own) => own === '*' || own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1))));
  if (!includes(rule.apiGroups ?? [], group!) || !coversResource(rule.resources ?? [], resource!)) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || (name !== undefined && names.includes(name));
}

const includes = (own: readonly string[], value: string): boolean => own.includes('*') || own.includes(value);

function coversResource(own: readonly string[], resource: string): boolean {
  if (includes(own, resource)) return true;
  const at = resource.indexOf('/');
  return at >= 0 && own.includes(`*${resource.slice(at)}`);
}

const ruleOf = ({ verb, group, resource, name, url }: Right): PolicyRule =>
  url === undefined
    ? { verbs: [verb], apiGroups: [group!], resources: [resource!], ...(name === undefined ? {} : { resourceNames: [name] }) }
    : { verbs: [verb], nonResourceURLs: [url] };

/** Verbs on one and the same thing are told together. */
function compact(rules: readonly PolicyRule[]): PolicyRule[] {
  const simple = new Map<string, PolicyRule & { verbs: string[] }>();
  const others: PolicyRule[] = [];
  for (const rule of rules) {
    if (rule.nonResourceURLs !== undefined) {
      others.push(rule);
      continue;
    }
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const known = simple.get(key);
    if (known === undefined) simple.set(key, { ...rule, verbs: [...rule.verbs] });
    else known.verbs.push(...rule.verbs.filter((verb) => !known.verbs.includes(verb)));
  }
  return [...others, ...simple.values()];
}

function compactText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: PolicyRule): string {
  const parts = (
    [
      ['APIGroups', apiGroups],
      ['Resources', resources],
      ['NonResourceURLs', nonResourceURLs],
      ['ResourceNames', resourceNames],
      ['Verbs', verbs],
    ] as const
  )
    .filter(([, values]) => (values ?? []).length > 0)
    .map(([name, values]) => `${name}:${list(values!)}`);
  return `{${parts.join(', ')}}`;
}

/** Go's %q of a slice. */
const list = (values: readonly string[]): string => `[${values.map((value) => JSON.stringify(value)).join(' ')}]`;
