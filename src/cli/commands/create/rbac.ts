/** create role, clusterrole, rolebinding and clusterrolebinding. */
import { CliError, PlainError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import type { Discovery } from '../../discovery.js';
import type { Flag } from '../../flags.js';
import { oneName, requireFlags } from '../../writing.js';
import { createGenerated, GENERATE_FLAGS, grouped, pairsOf } from './generate.js';

const RBAC = 'rbac.authorization.k8s.io';
const VERBS = new Set([
  '*',
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
  'approve',
  'sign',
  'attest',
]);

const URL_VERBS = new Set(['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options']);

const RULE_FLAGS: readonly Flag[] = [
  { name: 'resource', type: 'stringSlice', description: 'Resource that the rule applies to' },
  { name: 'resource-name', type: 'stringArray', description: 'Resource in the white list that the rule applies to, repeat this flag for multiple items' },
  { name: 'verb', type: 'stringSlice', description: 'Verb that applies to the resources contained in the rule' },
];

interface Rule {
  apiGroups?: string[];
  resources?: string[];
  resourceNames?: string[];
  nonResourceURLs?: string[];
  verbs: string[];
}

const verbsOf = ({ flags }: Context): string[] => {
  const verbs = [...new Set(flags.list('verb'))];
  return verbs.includes('*') ? ['*'] : verbs;
};

/** Resources by group, as the server knows them: one rule a group. */
async function resourceRules(context: Context, verbs: string[]): Promise<Rule[]> {
  const byGroup = new Map<string, string[]>();
  const discovery = await context.discovery();
  const words = context.flags.list('resource');
  // As kubectl does: what follows a "*" is no more looked at.
  let anything = false;
  for (const word of words.includes('*') ? ['*'] : words) {
    const slash = word.indexOf('/');
    const [type, sub] = slash < 0 ? [word, ''] : [word.slice(0, slash), word.slice(slash)];
    const dot = type.indexOf('.');
    const [name, group] = dot < 0 ? [type, ''] : [type.slice(0, dot), type.slice(dot + 1)];
    const found = anything ? undefined : await resourceFor(discovery, name, group);
    if (!anything) allowed(name, group, found, verbs);
    anything ||= name === '*';
    const [inGroup, full] = [found?.group ?? group, `${found?.name ?? name}${sub === '/' ? '' : sub}`];
    byGroup.set(inGroup, [...new Set([...(byGroup.get(inGroup) ?? []), full])]);
  }
  const resourceNames = context.flags.list('resource-name');
  return [...byGroup]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, resources]) => ({ apiGroups: [group], ...(resourceNames.length > 0 ? { resourceNames } : {}), resources, verbs }));
}

async function resourceFor(discovery: Discovery, name: string, group: string): Promise<{ group: string; name: string } | undefined> {
  if (name === '' || name === '*') return undefined;
  if (group === '') return discovery.find(name);
  const found = await discovery.find(`${name}.${group}`);
  return found !== undefined && (found.group === group || found.group.startsWith(`${group}.`)) ? found : undefined;
}

const RBAC_ROLES = [`roles.${RBAC}`, `clusterroles.${RBAC}`];
const SPECIAL_VERBS: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: RBAC_ROLES,
  escalate: RBAC_ROLES,
  impersonate: ['users.', 'serviceaccounts.', 'groups.', 'userextras.authentication.k8s.io'],
};

/** Throws where the server has no such resource, or one of the verbs does not go with it. */
function allowed(name: string, group: string, found: { group: string; name: string } | undefined, verbs: readonly string[]): void {
  if (name === '') throw new CliError('resource must be specified if apiGroup/subresource specified');
  if (name === '*') return;
  const { group: inGroup, name: full } = found ?? { group, name };
  const special = verbs.filter((verb) => SPECIAL_VERBS[verb] !== undefined);
  const wrong = special.find((verb) => !SPECIAL_VERBS[verb]!.includes(`${full}.${inGroup}`));
  if (wrong !== undefined) throw new CliError(`can not perform '${wrong}' on '${full}' in group '${inGroup}'`);
  if (found === undefined && special.length === 0)
    throw new PlainError(`the server doesn't have a resource type ${JSON.stringify(name)}${group === '' ? '' : ` in group ${JSON.stringify(group)}`}`);
}

function warnOfVerbs(context: Context, verbs: readonly string[]): void {
  for (const verb of verbs) if (!VERBS.has(verb)) context.err(`Warning: '${verb}' is not a standard resource verb\n`);
}

export const role: Command = {
  name: 'role',
  summary: 'Create a role with single rule',
  usage: 'NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none] [options]',
  examples: [
    {
      does: 'Create a role named "pod-reader" that allows user to perform "get", "watch" and "list" on pods',
      command: 'create role pod-reader --verb=get --verb=list --verb=watch --resource=pods',
    },
  ],
  flags: [...GENERATE_FLAGS, ...RULE_FLAGS],
  async run(context) {
    const name = oneName(context);
    const verbs = verbsOf(context);
    if (verbs.length === 0) throw new CliError('at least one verb must be specified');
    warnOfVerbs(context, verbs);
    if (context.flags.list('resource').length === 0) throw new CliError('at least one resource must be specified');
    context.needs('write');
    const object = { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name }, rules: await resourceRules(context, verbs) };
    await createGenerated(context, { resource: grouped(RBAC, 'v1', 'roles'), object });
  },
};

export const clusterrole: Command = {
  name: 'clusterrole',
  summary: 'Create a cluster role',
  usage: 'NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none] [options]',
  flags: [
    ...GENERATE_FLAGS,
    ...RULE_FLAGS,
    { name: 'aggregation-rule', type: 'mapStringString', description: 'An aggregation label selector for combining ClusterRoles.' },
    { name: 'non-resource-url', type: 'stringSlice', description: 'A partial url that user should have access to.' },
  ],
  async run(context) {
    const { flags } = context;
    const name = oneName(context);
    const verbs = verbsOf(context);
    const urls = flags.list('non-resource-url');
    const aggregation = pairsOf(
      flags.list('aggregation-rule'),
      (item) => `invalid argument ${JSON.stringify(item)} for "--aggregation-rule" flag: ${item} must be formatted as key=value`,
    );
    const base = { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name } };
    const resource = grouped(RBAC, 'v1', 'clusterroles', false);
    if (Object.keys(aggregation).length > 0) {
      if ([urls, verbs, flags.list('resource'), flags.list('resource-name')].some((list) => list.length > 0))
        throw new CliError('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames');
      return createGenerated(context, {
        resource,
        object: { aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregation }] }, ...base, rules: null },
      });
    }
    if (verbs.length === 0) throw new CliError('at least one verb must be specified');
    if (flags.list('resource').length === 0 && urls.length === 0) throw new CliError('one of resource or nonResourceURL must be specified');
    context.needs('write');
    if (flags.list('resource').length > 0) warnOfVerbs(context, verbs);
    const rules: Rule[] = await resourceRules(context, verbs);
    const wrong = urls.length === 0 ? undefined : verbs.find((verb) => !URL_VERBS.has(verb));
    if (wrong !== undefined) throw new CliError(`invalid verb: '${wrong}' for nonResourceURL`);
    for (const url of urls) {
      if (url === '*') continue;
      if (url === '' || !url.startsWith('/')) throw new CliError('nonResourceURL should start with /');
      if (url.slice(0, -1).includes('*')) throw new CliError("nonResourceURL only supports wildcard matches when '*' is at the end");
    }
    if (urls.length > 0) rules.push({ nonResourceURLs: urls, verbs });
    await createGenerated(context, { resource, object: { ...base, rules } });
  },
};

const SUBJECT_FLAGS: readonly Flag[] = [
  { name: 'group', type: 'stringArray', description: 'Groups to bind to the role. The flag can be repeated to add multiple groups.' },
  {
    name: 'serviceaccount',
    type: 'stringArray',
    description: 'Service accounts to bind to the role, in the format <namespace>:<name>. The flag can be repeated to add multiple service accounts.',
  },
  { name: 'user', type: 'stringArray', description: 'Usernames to bind to the role. The flag can be repeated to add multiple users.' },
];

/** Users, groups and service accounts, in this order. */
export function subjectsOf({ flags }: Context): object[] {
  const accounts = flags.list('serviceaccount').map((account) => {
    const parts = account.split(':');
    if (parts.length !== 2 || parts[0] === '' || parts[1] === '') throw new CliError('serviceaccount must be <namespace>:<name>');
    return { kind: 'ServiceAccount', name: parts[1], namespace: parts[0] };
  });
  return [
    ...flags.list('user').map((name) => ({ apiGroup: RBAC, kind: 'User', name })),
    ...flags.list('group').map((name) => ({ apiGroup: RBAC, kind: 'Group', name })),
    ...accounts,
  ];
}

function binding(kind: string, name: string, roleKind: string, roleName: string, subjects: object[]): object {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: roleKind, name: roleName },
    ...(subjects.length > 0 ? { subjects } : {}),
  };
}

export const rolebinding: Command = {
  name: 'rolebinding',
  summary: 'Create a role binding for a particular role or cluster role',
  usage:
    'NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]',
  flags: [
    ...GENERATE_FLAGS,
    ...SUBJECT_FLAGS,
    { name: 'clusterrole', type: 'string', description: 'ClusterRole this RoleBinding should reference' },
    { name: 'role', type: 'string', description: 'Role this RoleBinding should reference' },
  ],
  async run(context) {
    const name = oneName(context);
    const [clusterRole, ownRole] = [context.flags.string('clusterrole'), context.flags.string('role')];
    if ((clusterRole === '') === (ownRole === '')) throw new CliError('exactly one of clusterrole or role must be specified');
    const object = binding('RoleBinding', name, clusterRole === '' ? 'Role' : 'ClusterRole', clusterRole || ownRole, subjectsOf(context));
    await createGenerated(context, { resource: grouped(RBAC, 'v1', 'rolebindings'), object, failed: 'failed to create rolebinding: ' });
  },
};

export const clusterrolebinding: Command = {
  name: 'clusterrolebinding',
  summary: 'Create a cluster role binding for a particular cluster role',
  usage:
    'NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none] [options]',
  flags: [...GENERATE_FLAGS, ...SUBJECT_FLAGS, { name: 'clusterrole', type: 'string', description: 'ClusterRole this ClusterRoleBinding should reference' }],
  async run(context) {
    requireFlags(context, 'clusterrole');
    const name = oneName(context);
    const object = binding('ClusterRoleBinding', name, 'ClusterRole', context.flags.string('clusterrole'), subjectsOf(context));
    await createGenerated(context, { resource: grouped(RBAC, 'v1', 'clusterrolebindings', false), object, failed: 'failed to create clusterrolebinding: ' });
  },
};
