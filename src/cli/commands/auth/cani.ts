/** auth can-i: asks the server whether an action is allowed, or for all that is. */
import { CliError, Exit, type Command } from '../../command.js';
import { isUnreached } from '../../unreached.js';
import type { Context } from '../../context.js';
import type { Resource } from '../../discovery.js';
import { compareGo } from '../../../apimachinery/gojson.js';
import { TablePrinter } from '../../printers/table.js';

export const canI: Command = {
  name: 'can-i',
  summary: 'Check whether an action is allowed',
  about:
    "Check whether an action is allowed.\n\n VERB is a logical Kubernetes API verb like 'get', 'list', 'watch', 'delete', etc. TYPE is a Kubernetes resource. Shortcuts and groups will be resolved. NONRESOURCEURL is a partial URL that starts with \"/\". NAME is the name of a particular Kubernetes resource.",
  usage: 'VERB [TYPE | TYPE/NAME | NONRESOURCEURL] [options]',
  examples: [
    { does: 'Check to see if I can create pods in any namespace', command: 'auth can-i create pods --all-namespaces' },
    { does: 'List all allowed actions in namespace "foo"', command: 'auth can-i --list --namespace=foo' },
  ],
  flags: [
    { name: 'all-namespaces', short: 'A', type: 'bool', description: 'If true, check the specified action in all namespaces.' },
    { name: 'list', type: 'bool', description: 'If true, prints all allowed actions.' },
    { name: 'no-headers', type: 'bool', description: 'If true, prints allowed actions without headers' },
    { name: 'quiet', short: 'q', type: 'bool', description: 'If true, suppress output and just return the exit code.' },
    { name: 'subresource', type: 'string', description: 'SubResource such as pod/log or deployment/scale' },
  ],
  run,
};

const RESOURCE_VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'use',
  'bind',
  'impersonate',
  '*',
  'approve',
  'sign',
  'escalate',
  'attest',
  'impersonate-on:serviceaccount',
];
const URL_VERBS = ['get', 'put', 'post', 'head', 'options', 'delete', 'patch', '*'];

async function run(context: Context): Promise<number | void> {
  const { flags, args } = context;
  const quiet = flags.bool('quiet');
  // A review is posted, though nothing is kept.
  context.needs('write');
  if (flags.bool('list')) {
    if (args.length > 0) throw new CliError('list option must be specified with no arguments');
    if (quiet || flags.bool('all-namespaces') || flags.string('subresource') !== '')
      throw new CliError("list option can't be specified with neither quiet, all-namespaces nor subresource options");
    return list(context);
  }
  const attributes = await attributesOf(context);
  if (flags.bool('no-headers')) throw new CliError('--no-headers cannot be set without --list specified');
  const review: any = await (
    await context.rest()
  ).object('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: {}, spec: attributes },
  });
  const { allowed, reason, evaluationError } = review.status;
  const why = `${reason ? ` - ${reason}` : ''}${evaluationError ? ` - ${evaluationError}` : ''}`;
  if (!quiet) context.out(allowed ? 'yes\n' : `no${why}\n`);
  if (!allowed) throw new Exit(1);
}

async function attributesOf(context: Context): Promise<object> {
  const { flags, args } = context;
  const [verb, target] = args;
  if (args.length !== 2)
    throw new CliError(
      `you must specify two arguments: verb resource or verb resource/resourceName.\nSee '${context.host.program} auth can-i -h' for help and examples.`,
    );
  const subresource = flags.string('subresource');
  if (target!.startsWith('/')) {
    if (subresource !== '') throw new CliError('--subresource can not be used with NonResourceURL');
    if (!URL_VERBS.includes(verb!)) context.warn(`verb '${verb}' is not a known verb\n`);
    return { nonResourceAttributes: { path: target, verb } };
  }
  const slash = target!.indexOf('/');
  const type = slash < 0 ? target! : target!.slice(0, slash);
  const name = slash < 0 ? '' : target!.slice(slash + 1);
  const resource = await find(context, type);
  const everywhere = flags.bool('all-namespaces');
  const namespace = everywhere ? '' : await context.namespace();
  if (resource !== undefined && !resource.namespaced && !everywhere && namespace !== '')
    context.warn(`resource '${resource.name}' is not namespace scoped${resource.group === '' ? '' : ` in group '${resource.group}'`}\n`);
  if (!RESOURCE_VERBS.includes(verb!)) context.warn(`verb '${verb}' is not a known verb\n`);
  return {
    resourceAttributes: {
      namespace,
      verb,
      group: resource?.group ?? type.split('.').slice(1).join('.'),
      resource: resource?.name ?? type.split('.')[0],
      ...(subresource === '' ? {} : { subresource }),
      ...(name === '' ? {} : { name }),
    },
  };
}

/** undefined, with a warning: the server does not know it, but may have rules for it. */
async function find(context: Context, type: string): Promise<Resource | undefined> {
  if (type === '*') return undefined;
  const found = await (await context.discovery()).find(type).catch((error: unknown) => {
    // As kubectl does: then it is not known, and the question itself will fail.
    if (isUnreached(error)) return undefined;
    throw error;
  });
  if (found === undefined) {
    const [name, ...group] = type.split('.');
    context.warn(
      group.length === 0
        ? `the server doesn't have a resource type '${name}'\n`
        : `the server doesn't have a resource type '${name}' in group '${group.join('.')}'\n`,
    );
  }
  return found;
}

async function list(context: Context): Promise<void> {
  const review: any = await (
    await context.rest()
  ).object('POST', '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
    body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', metadata: {}, spec: { namespace: await context.namespace() } },
  });
  const { resourceRules, nonResourceRules, incomplete, evaluationError } = review.status;
  if (incomplete) context.err(`warning: the list may be incomplete: ${evaluationError ?? ''}\n`);
  const rules = compacted([...(resourceRules ?? []), ...(nonResourceRules ?? [])].flatMap(brokenDown));
  const sorted = rules
    .sort((a, b) => compareGo(goText(a), goText(b)))
    .map(({ resources: [resource], apiGroups: [group], nonResourceURLs, resourceNames, verbs }) => [
      resource === undefined ? '' : withGroup(resource, group!),
      bracket(nonResourceURLs),
      bracket(resourceNames),
      bracket(verbs),
    ]);
  const headings = context.flags.bool('no-headers') ? [] : [['Resources', 'Non-Resource URLs', 'Resource Names', 'Verbs']];
  context.out(new TablePrinter().align([...headings, ...sorted]));
}

const bracket = (words: readonly string[]): string => `[${words.join(' ')}]`;

interface Rule {
  verbs: string[];
  apiGroups: string[];
  resources: string[];
  resourceNames: string[];
  nonResourceURLs: string[];
}

/** One verb on one thing each. */
function brokenDown({ verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: Partial<Rule>): Rule[] {
  const names = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  return [
    ...apiGroups.flatMap((group) =>
      resources.flatMap((resource) =>
        verbs.flatMap((verb) => names.map((name) => ({ verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: name, nonResourceURLs: [] }))),
      ),
    ),
    ...nonResourceURLs.flatMap((url) => verbs.map((verb) => ({ verbs: [verb], apiGroups: [], resources: [], resourceNames: [], nonResourceURLs: [url] }))),
  ];
}

/** The verbs of one resource together; those of URLs stay apart, as kubectl leaves them. */
function compacted(rules: readonly Rule[]): Rule[] {
  const byResource = new Map<string, Rule>();
  const others: Rule[] = [];
  for (const rule of rules) {
    const key = JSON.stringify([rule.apiGroups, rule.resources, rule.resourceNames]);
    const known = byResource.get(key);
    if (rule.resources.length === 0) others.push(rule);
    else if (known === undefined) byResource.set(key, { ...rule, verbs: [...rule.verbs] });
    else known.verbs.push(...rule.verbs.filter((verb) => !known.verbs.includes(verb)));
  }
  return [...others, ...byResource.values()];
}

/** The text by which kubectl sorts rules: that of the Go struct. */
const goText = ({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: Rule): string =>
  `&PolicyRule{Verbs:${bracket(verbs)},APIGroups:${bracket(apiGroups)},Resources:${bracket(resources)},ResourceNames:${bracket(resourceNames)},NonResourceURLs:${bracket(nonResourceURLs)},}`;

function withGroup(resource: string, group: string): string {
  if (group === '') return resource;
  const slash = resource.indexOf('/');
  return slash < 0 ? `${resource}.${group}` : `${resource.slice(0, slash)}.${group}${resource.slice(slash)}`;
}
