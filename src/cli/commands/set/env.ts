/** set env: variables of containers, set, removed, taken from config maps and secrets, or listed. */
import { isStatusError } from '../../../apimachinery/status.js';
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { findInfos, plainName } from '../../infos.js';
import type { Info } from '../../manifests.js';
import { checkOptions, tell } from '../../writing.js';
import { envVarName } from '../create/sources.js';
import { divide, matches, needsObjects, noTemplate, podSpecOf, SET_FLAGS, setOn } from './template.js';

export const env: Command = {
  name: 'env',
  summary: 'Update environment variables on a pod template',
  usage: 'RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N [options]',
  examples: [
    { does: "Update deployment 'registry' with a new environment variable", command: 'set env deployment/registry STORAGE_DIR=/local' },
    { does: 'List the environment variables defined on all pods', command: 'set env pods --all --list' },
    { does: 'Import environment from a secret', command: 'set env --from=secret/mysecret deployment/myapp' },
  ],
  flags: [
    ...SET_FLAGS,
    {
      name: 'containers',
      short: 'c',
      type: 'string',
      default: "'*'",
      description: 'The names of containers in the selected pod templates to change - may use wildcards',
    },
    { name: 'env', short: 'e', type: 'stringArray', description: 'Specify a key-value pair for an environment variable to set into each container.' },
    { name: `from`, type: 'string', description: 'The name of a resource from which to inject environment variables' },
    { name: 'keys', type: 'stringSlice', description: 'Comma-separated list of keys to import from specified resource' },
    {
      name: 'list',
      type: 'bool',
      description: 'If true, display the environment and any changes in the standard format. this flag will removed when we have kubectl view env.',
    },
    {
      name: 'overwrite',
      type: 'bool',
      default: 'true',
      description: 'If true, allow environment to be overwritten, otherwise reject updates that overwrite existing environment.',
    },
    { name: 'prefix', type: 'string', description: 'Prefix to append to variable names' },
    { name: 'resolve', type: 'bool', description: 'If true, show secret or configmap references when listing variables' },
  ],
  run,
};

interface Variable {
  name: string;
  value?: string;
  valueFrom?: any;
}

interface Changes {
  set: Variable[];
  remove: string[];
}

const isChange = (arg: string): boolean => arg.indexOf('=') > 0 || arg.endsWith('-');

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  if (flags.bool('all') && flags.string('selector') !== '') throw new CliError('cannot set --all and --selector at the same time');
  const { resources, changes: words } = divide(context.args, isChange);
  const stray = words.find((word) => !isChange(word));
  if (stray !== undefined) throw new CliError(`all resources must be specified before environment changes: ${context.args.join(' ')}`);
  checkOptions(context);
  needsObjects(context, resources);
  if (flags.bool('list') && flags.string('output') !== '') throw new CliError('--list and --output may not be specified together');
  if (flags.list('keys').length > 0 && flags.string(`from`) === '')
    throw new CliError('when specifying --keys, a configmap or secret must be provided with --from');
  const changes = await parse(context, words);
  if (flags.string(`from`) !== '') changes.set.push(...(await imported(context)));
  if (flags.bool('list')) return list(context, resources, changes);
  context.needs('write');
  return setOn(context, {
    resources,
    done: 'env updated',
    failed: 'failed to patch env update to pod template: ',
    unnamed: true,
    change(object, info) {
      const spec = podSpecOf(object);
      if (spec === undefined) throw noTemplate(info);
      const containers = containersOf(spec, flags.string('containers'));
      if (containers.length === 0) {
        context.err(`Warning: ${object.kind}/${object.metadata.name} does not have any containers matching ${JSON.stringify(flags.string('containers'))}\n`);
        return false;
      }
      for (const container of containers) change(container, changes, info, flags.bool('overwrite'));
      return true;
    },
  });
}

/** kubectl's order: those that run side by side first. */
const containersOf = (spec: any, pattern: string): any[] =>
  [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].filter(({ name }: any) => matches(pattern, name));

/** The first variable that the changes would overwrite. */
function taken(container: any, { set }: Changes): Variable | undefined {
  const before: Variable[] = container.env ?? [];
  const clash = set.find(({ name }) => before.some((one) => one.name === name));
  return clash === undefined ? undefined : before.find(({ name }) => name === clash.name);
}

async function parse(context: Context, words: readonly string[]): Promise<Changes> {
  const changes: Changes = { set: [], remove: [] };
  const add = (name: string, value: string): void => {
    const problems = envVarName(name);
    if (problems.length > 0) throw new CliError(`${JSON.stringify(name)} is not a valid key name: ${problems.join(';')}`);
    changes.set.push({ name, value });
  };
  for (const word of [...context.flags.list('env'), ...words]) {
    if (word === '-') {
      const text = Buffer.from(await context.terminal.stdin.readAll()).toString('utf8');
      for (const line of text.split(/\r?\n/)) {
        const [pair] = line.split('#') as [string];
        const at = pair.indexOf('=');
        if (at >= 0) changes.set.push({ name: pair.slice(0, at), value: pair.slice(at + 1) });
      }
    } else if (word.includes('=')) add(word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1));
    else if (word.endsWith('-')) changes.remove.push(word.slice(0, -1));
    else throw new CliError(`unknown environment variable: ${word}`);
  }
  const both = changes.remove.find((name) => changes.set.some((one) => one.name === name));
  if (both !== undefined) throw new CliError('can not both modify and remove the same environment variable in the same command');
  return changes;
}

/** Every key of a config map or secret as a reference to it. */
async function imported(context: Context): Promise<Variable[]> {
  const { flags } = context;
  const { infos, errors } = await findInfos(context, { args: [flags.string(`from`)] });
  if (errors.length > 0) throw errors[0];
  const [{ object }] = infos as [Info];
  if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') throw new CliError(`unsupported resource specified in --from`);
  const wanted = flags.list('keys');
  const keys = Object.keys(object.data ?? {})
    .sort()
    .filter((key) => wanted.length === 0 || wanted.includes(key));
  return keys.map((key) => {
    const name = keyToName(key);
    if (name !== key) context.err(`Warning: key ${key} transferred to ${name}\n`);
    const reference = { key, name: object.metadata.name };
    return { name: `${flags.string('prefix')}${name}`, valueFrom: object.kind === 'Secret' ? { secretKeyRef: reference } : { configMapKeyRef: reference } };
  });
}

const keyToName = (key: string): string => key.replace(/[^a-zA-Z0-9_]/g, '_').toUpperCase();

function change(container: any, { set, remove }: Changes, info: Info, overwrite: boolean): void {
  const before: Variable[] = container.env ?? [];
  if (!overwrite) {
    const old = taken(container, { set, remove });
    if (old !== undefined)
      throw new CliError(
        `${info.resource === undefined ? info.name : plainName(info)} '${old.name}' already has a value (${old.value ?? ''}), and --overwrite is false`,
      );
  }
  const after = before.filter(({ name }) => !remove.includes(name)).map((one) => set.findLast(({ name }) => name === one.name) ?? one);
  for (const one of set) if (!after.some(({ name }) => name === one.name)) after.push(set.findLast(({ name }) => name === one.name)!);
  if (after.length > 0) container.env = after;
  else delete container.env;
}

/** As kubectl does: the variables as they would be after the changes; objects without containers are passed over in silence. */
async function list(context: Context, resources: readonly string[], changes: Changes): Promise<number | void> {
  const { flags } = context;
  const { infos, errors } = await findInfos(context, { args: resources, local: flags.bool('local'), latest: true });
  if (errors.length > 0) return tell(context, errors);
  for (const info of infos) {
    for (const container of containersOf(podSpecOf(info.object), flags.string('containers'))) {
      const changed = { ...container };
      if (!flags.bool('overwrite') && taken(container, changes) !== undefined) break;
      change(changed, changes, info, true);
      context.out(`# ${info.object.kind} ${info.name}, container ${container.name}\n`);
      await listOne(context, info, changed);
    }
  }
}

async function listOne(context: Context, info: Info, container: any): Promise<void> {
  const failed = new Map<string, string[]>();
  for (const { name, value, valueFrom } of (container.env ?? []) as Variable[]) {
    try {
      if (valueFrom === undefined) context.out(`${name}=${value ?? ''}\n`);
      else if (context.flags.bool('resolve'))
        context.out(`${name}=${await (await import('./envvalues.js')).valueOf(context, { info, container, valueFrom })}\n`);
      else context.out(`# ${name} from ${source(valueFrom)}\n`);
    } catch (error) {
      if (!(error instanceof CliError) && !isStatusError(error)) throw error;
      context.out(`# ${name} from ${source(valueFrom)}\n`);
      failed.set(error.message, [...(failed.get(error.message) ?? []), name]);
    }
  }
  const lines = [...failed].map(([message, names]) => `error retrieving reference for ${names.sort().join(', ')}: ${message}\n`);
  for (const line of lines.sort()) context.err(line);
}

/** Where a variable's value comes from, in words. */
function source({ secretKeyRef, configMapKeyRef, fieldRef, resourceFieldRef }: any): string {
  if (configMapKeyRef !== undefined) return `configmap ${configMapKeyRef.name ?? ''}, key ${configMapKeyRef.key}`;
  if (secretKeyRef !== undefined) return `secret ${secretKeyRef.name ?? ''}, key ${secretKeyRef.key}`;
  if (fieldRef !== undefined) return `field path ${fieldRef.fieldPath}`;
  if (resourceFieldRef !== undefined)
    return `resource field ${resourceFieldRef.containerName ? `${resourceFieldRef.containerName}/` : ''}${resourceFieldRef.resource}`;
  return 'invalid valueFrom';
}
