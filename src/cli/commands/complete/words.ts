/**
 * What may stand as an argument of each command, or as the value of a flag: as
 * kubectl has it, types before names, pods beside the types that have some.
 */
import type { Context } from '../../context.js';
import { groupResource, type Resource } from '../../discovery.js';
import type { Flag } from '../../flags.js';
import { containerPorts, containersOf, servicePorts } from './pods.js';

export const DEFAULT = 0;
export const NO_SPACE = 2;
export const NO_FILES = 4;
export const THESE_FILES = 8;

export interface Answer {
  words: readonly string[];
  directive: number;
}

/** Flags that a command cannot do without. */
export const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  scale: ['replicas'],
  autoscale: ['max'],
  run: ['image'],
  'create deployment': ['image'],
  'create cronjob': ['image', 'schedule'],
  'create clusterrolebinding': ['clusterrole'],
  'create service externalname': ['external-name'],
  'kuberc set': ['section'],
};

const only = (words: readonly string[], directive = NO_FILES): Answer => ({ words, directive });
const starting = (words: readonly string[], word: string): Answer => only(words.filter((one) => one.startsWith(word)));

const OUTPUTS = [
  'json',
  'yaml',
  'kyaml',
  'name',
  'go-template',
  'go-template-file',
  'template',
  'templatefile',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'custom-columns',
  'custom-columns-file',
  'wide',
];

export async function flagWords(context: Context, { name }: Flag, word: string): Promise<Answer> {
  const path = context.path.join(' ');
  if (name === 'filename') return { words: ['json', 'yaml', 'yml'], directive: THESE_FILES };
  if (name === 'subresource') return only(['status', 'scale', 'resize']);
  if (name === 'output' && path === 'get') return starting(OUTPUTS, word);
  if (name === 'output' && context.command.own === true) return starting(['json', 'yaml', 'wide', 'name'], word);
  if (name === 'container' && path === 'exec') return only(context.args.length === 0 ? [] : await containersOf(context, context.args[0]!, word));
  if (name === 'clusterrole' && path === 'create clusterrolebinding') return only(await namesOf(context, 'clusterroles', word));
  // The rest is what every command has; one that gives the flag a meaning of its own does not offer this.
  if (path !== 'config set-context' && (context.command.flags ?? []).some((flag) => flag.name === name)) return only([], DEFAULT);
  if (name === 'namespace') return path === 'config set-context' ? only([], DEFAULT) : only(await namesOf(context, 'namespaces', word));
  if (name === 'cluster' && context.command.own === true)
    return starting(
      (await context.host.clusters.list()).map((one) => one.name),
      word,
    );
  if (name === 'context' || name === 'cluster' || name === 'user') return only(await configured(context, name, word));
  return only([], DEFAULT);
}

async function configured(context: Context, part: 'context' | 'cluster' | 'user', word: string): Promise<string[]> {
  const { Kubeconfigs } = await import('../config/file.js');
  const all = new Kubeconfigs(context).all()[({ context: 'contexts', cluster: 'clusters', user: 'users' } as const)[part]];
  return Object.keys(all)
    .filter((name) => name.startsWith(word))
    .sort();
}

const CONFIGURED: Readonly<Record<string, 'context' | 'cluster' | 'user'>> = {
  'config use-context': 'context',
  'config rename-context': 'context',
  'config delete-context': 'context',
  'config set-context': 'context',
  'config delete-cluster': 'cluster',
  'config delete-user': 'user',
};
/** One name of one type. */
const NAMES: Readonly<Record<string, string>> = {
  cordon: 'nodes',
  uncordon: 'nodes',
  drain: 'nodes',
  'top node': 'nodes',
  'top pod': 'pods',
  'create token': 'serviceaccounts',
  'cluster connect': 'nodes',
  'cluster disconnect': 'nodes',
};
const ROLLED = ['deployment', 'daemonset', 'statefulset'];
const SCALED = ['deployment', 'replicaset', 'replicationcontroller', 'statefulset'];
/** Types and names; where there are any, those types alone. */
const TYPES: Readonly<Record<string, readonly string[]>> = {
  get: [],
  describe: [],
  delete: [],
  label: [],
  annotate: [],
  edit: [],
  patch: [],
  debug: [],
  'apply view-last-applied': [],
  'apply edit-last-applied': [],
  taint: ['node'],
  scale: SCALED,
  autoscale: SCALED,
  expose: ['pod', 'service', 'replicationcontroller', 'deployment', 'replicaset'],
  'rollout status': ROLLED,
  'rollout history': ROLLED,
  'rollout restart': ROLLED,
  'rollout undo': ROLLED,
  'rollout pause': ['deployment'],
  'rollout resume': ['deployment'],
  'set image': ['daemonsets', 'deployments', 'pods', 'cronjobs', 'replicasets', 'replicationcontrollers', 'statefulsets'],
};
const ONCE = new Set(['rollout status', 'set image']);
const SHELLS = ['powershell', 'bash', 'zsh', 'fish'];

/** undefined: kubectl says nothing of what stands there. */
export async function argumentWords(context: Context, path: string, word: string): Promise<Answer | undefined> {
  const { args } = context;
  const part = CONFIGURED[path];
  if (part !== undefined) return only(args.length > 0 ? [] : await configured(context, part, word));
  const type = NAMES[path];
  if (type !== undefined) return only(args.length > 0 ? [] : await namesOf(context, type, word));
  const types = TYPES[path];
  if (types !== undefined) return typesAndNames(context, word, { types, once: ONCE.has(path) });
  switch (path) {
    case 'exec':
    case 'attach':
      return args.length > 0 ? only([]) : pods(context, word);
    case 'logs':
      return args.length === 0 ? pods(context, word) : only(args.length > 1 ? [] : await containersOf(context, args[0]!, word));
    case 'port-forward':
      return args.length === 0 ? pods(context, word) : only(args.length > 1 ? [] : await portsOf(context, args[0]!, word));
    case 'cp':
      return only(args.length > 0 ? [] : await copied(context, word), NO_SPACE);
    case 'completion':
      return args.length > 0 ? undefined : starting(SHELLS, word);
  }
  return undefined;
}

async function typesAndNames(context: Context, word: string, { types, once }: { types: readonly string[]; once: boolean }): Promise<Answer> {
  const { args } = context;
  const [first] = args;
  const offered = async (): Promise<readonly string[]> => (types.length > 0 ? types.filter((one) => one.startsWith(word)) : typesStarting(context, word));
  if (first !== undefined && !first.includes('/')) {
    if (once && args.length > 1) return only([]);
    return only((await namesOf(context, first, word)).filter((name) => !args.slice(1).includes(name)));
  }
  if (once && first !== undefined) return only([]);
  if (word.includes('/')) return only((await slashed(context, word)).filter((name) => !args.includes(name)));
  if (first === undefined) return only(await offered());
  return only(
    (await offered()).map((type) => `${type}/`),
    NO_FILES | NO_SPACE,
  );
}

const WITH_PODS = ['daemonsets', 'deployments', 'pods', 'jobs', 'replicasets', 'replicationcontrollers', 'services', 'statefulsets'];

async function pods(context: Context, word: string): Promise<Answer> {
  if (word.includes('/')) return only(await slashed(context, word));
  const names = await namesOf(context, 'pods', word);
  return only([...names, ...WITH_PODS.filter((type) => type.startsWith(word)).map((type) => `${type}/`)], names.length === 0 ? NO_FILES | NO_SPACE : NO_FILES);
}

function portsOf(context: Context, target: string, word: string): Promise<string[]> {
  const [type, name] = target.includes('/') ? (target.split('/') as [string, string]) : ['pod', target];
  return ['service', 'services', 'svc'].includes(type) ? servicePorts(context, name, word) : containerPorts(context, target, word);
}

/** "pod/we" */
async function slashed(context: Context, word: string): Promise<string[]> {
  const slash = word.indexOf('/');
  const type = word.slice(0, slash);
  return (await namesOf(context, type, word.slice(slash + 1))).map((name) => `${type}/${name}`);
}

async function typesStarting(context: Context, word: string): Promise<string[]> {
  const comma = word.lastIndexOf(',') + 1;
  const resources = await (await context.discovery()).resources();
  const readable = resources
    .filter(({ verbs }) => verbs.includes('get'))
    .sort(byGroup)
    .map(groupResource);
  return [...new Set(readable)].filter((name) => name.startsWith(word.slice(comma))).map((name) => word.slice(0, comma) + name);
}

const byGroup = (a: Resource, b: Resource): number => (a.group === b.group ? (a.name < b.name ? -1 : 1) : a.group < b.group ? -1 : 1);

/** Of one type or of several; none of a type that nobody knows. */
async function namesOf(context: Context, types: string, word: string, inNamespace?: string): Promise<string[]> {
  const { listObjects } = await import('../../infos.js');
  const found: string[] = [];
  for (const type of types.split(',').filter((part) => part !== '')) {
    const resource = await (await context.discovery()).find(type);
    if (resource === undefined) continue;
    const objects = await listObjects(context, resource, resource.namespaced ? (inNamespace ?? (await context.namespace())) : undefined);
    found.push(...objects.map(({ metadata }: any) => metadata.name as string));
  }
  return found.filter((name) => name.startsWith(word));
}

/** A file of one's own, or of a pod: "pod:", "namespace/pod:". */
async function copied(context: Context, word: string): Promise<string[]> {
  if (/^[/.~]/.test(word) || word.includes(':')) return [];
  const slash = word.indexOf('/');
  if (slash > 0) return (await namesOf(context, 'pods', word.slice(slash + 1), word.slice(0, slash))).map((name) => `${word.slice(0, slash)}/${name}:`);
  const far = [...(await namesOf(context, 'namespaces', word)).map((name) => `${name}/`), ...(await namesOf(context, 'pods', word)).map((name) => `${name}:`)];
  if (word === '') return [...far, './', '/'];
  return far.length === 0 ? [] : [...far, ...files(context, word)];
}

function files({ host }: Context, word: string): string[] {
  const isFolder = (name: string): boolean => host.listFolder(name) !== undefined;
  return (host.listFolder('.') ?? []).filter((name) => name.startsWith(word)).map((name) => (isFolder(name) ? `${name}/` : name));
}
