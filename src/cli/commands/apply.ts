/**
 * apply: makes the cluster's objects what the files say. Client side, by a patch
 * of three documents (what was applied last, what is applied now, what is
 * there); server side, by sending the files as they are.
 */
import { isNotFound, StatusError } from '../../apimachinery/status.js';
import { goJsonIndent, sortedKeys } from '../../apimachinery/gojson.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { infoName, infoPath, withSource } from '../infos.js';
import { LAST_APPLIED, withLastApplied } from '../lastapplied.js';
import { readManifests, requireFiles, type Info, type Infos } from '../manifests.js';
import { pathOf } from '../discovery.js';
import { strip } from '../printers/printer.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS, SELECTOR_FLAG, VALIDATE_FLAG } from '../sharedflags.js';
import { cascadeOf } from './delete/cascade.js';
import type { ApplySet } from './apply/applyset.js';
import {
  dryRunOf,
  fieldManagerFlag,
  recorded,
  RECORD_FLAG,
  resultPrinter,
  tell,
  validationOf,
  WRITE_OUTPUT_FLAGS,
  writeQuery,
  type DryRun,
  type ResultPrinter,
} from '../writing.js';

const MANAGER = 'kubectl-client-side-apply';
const SERVER_SIDE_MANAGER = 'kubectl';

export const apply: Command = {
  name: 'apply',
  summary: 'Apply a configuration to a resource by file name or stdin',
  about:
    "Apply a configuration to a resource by file name or stdin. The resource name must be specified. This resource will be created if it doesn't exist yet. To use 'apply', always create the resource initially with either 'apply' or 'create --save-config'.\n\nJSON and YAML formats are accepted.",
  usage: '(-f FILENAME | -k DIRECTORY) [options]',
  examples: [
    { does: 'Apply the configuration in pod.json to a pod', command: 'apply -f ./pod.json' },
    { does: 'Apply resources from a directory containing kustomization.yaml', command: 'apply -k dir/' },
    { does: 'Apply the JSON passed into stdin to a pod', command: 'apply -f -' },
    {
      does: 'Apply the configuration in manifest.yaml that matches label app=nginx and delete all other resources that are not in the file and match label app=nginx',
      command: 'apply --prune -f manifest.yaml -l app=nginx',
    },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag(MANAGER),
    RECORD_FLAG,
    { name: 'all', type: 'bool', description: 'Select all resources in the namespace of the specified resource types.' },
    {
      name: 'applyset',
      type: 'string',
      gate: 'KUBECTL_APPLYSET',
      description:
        '[alpha] The name of the ApplySet that tracks which resources are being managed, for the purposes of determining what to prune. Live resources that are part of the ApplySet but have been removed from the provided configs will be deleted. Format: [RESOURCE][.GROUP]/NAME. A Secret will be used if no resource or group is specified.',
    },
    {
      name: 'cascade',
      type: 'string',
      default: "'background'",
      alone: 'background',
      description:
        'Must be "background", "orphan", or "foreground". Selects the deletion cascading strategy for the dependents (e.g. Pods created by a ReplicationController). Defaults to background.',
    },
    {
      name: 'force',
      type: 'bool',
      description:
        'If true, immediately remove resources from API and bypass graceful deletion. Note that immediate deletion of some resources may result in inconsistency or data loss and requires confirmation.',
    },
    { name: 'force-conflicts', type: 'bool', description: 'If true, server-side apply will force the changes against conflicts.' },
    {
      name: 'grace-period',
      type: 'int',
      default: '-1',
      description:
        'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 for immediate shutdown. Can only be set to 0 when --force is true (force deletion).',
    },
    {
      name: 'openapi-patch',
      type: 'bool',
      default: 'true',
      description:
        'If true, use openapi to calculate diff when the openapi presents and the resource can be found in the openapi spec. Otherwise, fall back to use baked-in types.',
    },
    {
      name: 'overwrite',
      type: 'bool',
      default: 'true',
      description: 'Automatically resolve conflicts between the modified and live configuration by using values from the modified configuration',
    },
    {
      name: 'prune',
      type: 'bool',
      description:
        'Automatically delete resource objects, that do not appear in the configs and are created by either apply or create --save-config. Should be used with either -l or --all.',
    },
    { name: 'prune-allowlist', type: 'stringArray', description: 'Overwrite the default allowlist with <group/version/kind> for --prune' },
    { name: 'server-side', type: 'bool', description: 'If true, apply runs in the server instead of the client.' },
    {
      name: 'subresource',
      type: 'string',
      description: 'If specified, apply will operate on the subresource of the requested object.  Only allowed when using --server-side.',
    },
    {
      name: 'timeout',
      type: 'duration',
      default: '0s',
      description: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    },
    { name: 'wait', type: 'bool', description: 'If true, wait for resources to be gone before returning. This waits for finalizers.' },
  ],
  subcommands: {
    'edit-last-applied': async () => (await import('./apply/editlastapplied.js')).editLastApplied,
    'set-last-applied': async () => (await import('./apply/setlastapplied.js')).setLastApplied,
    'view-last-applied': async () => (await import('./apply/viewlastapplied.js')).viewLastApplied,
  },
  subcommandSummaries: {
    'edit-last-applied': 'Edit latest last-applied-configuration annotations of a resource/object',
    'set-last-applied': 'Set the last-applied-configuration annotation on a live object to match the contents of a file',
    'view-last-applied': 'View the latest last-applied-configuration annotations of a resource/object',
  },
  run,
};

/** What one run of apply goes by. */
export interface Applying {
  context: Context;
  dryRun: DryRun;
  fieldValidation: string;
  printer: ResultPrinter;
  serverSide: boolean;
  visited: Info[];
}

async function run(context: Context): Promise<number | void> {
  context.needs('write');
  if (context.args.length > 0) throw new CliError(`Unexpected args: [${context.args.join(' ')}]\nSee '${context.host.program} apply -h' for help and examples`);
  const dryRun = dryRunOf(context);
  cascadeOf(context);
  requireFiles(context);
  const fieldValidation = validationOf(context);
  const set = context.flags.changed('applyset') ? await (await import('./apply/applyset.js')).applySetOf(context) : undefined;
  const types = context.flags.bool('prune') ? await (await import('./apply/prune.js')).pruneTypes(context) : [];
  await check(context, dryRun, set);
  const applying: Applying = {
    context,
    dryRun,
    fieldValidation,
    printer: await resultPrinter(context, dryRun),
    serverSide: context.flags.bool('server-side'),
    visited: [],
  };
  const { infos, errors } = await manifests(applying, set);
  if (infos.length === 0 && errors.length === 0) throw new CliError('no objects passed to apply');
  const membership = set === undefined ? undefined : await (await import('./apply/applyset.js')).beforeApply(applying, set, infos);
  for (const info of infos) {
    try {
      await one(applying, info);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) {
    // What was applied is told of as data only when all of it was.
    return tell(context, errors);
  }
  await printData(applying);
  if (set !== undefined) await (await import('./apply/applyset.js')).pruneSet(applying, set, membership!);
  else if (context.flags.bool('prune')) await (await import('./apply/prune.js')).prune(applying, types);
}

async function manifests({ context, fieldValidation }: Applying, set: ApplySet | undefined): Promise<Infos> {
  const found = await readManifests(context, { validate: fieldValidation !== 'Ignore' });
  if (set === undefined) return found;
  const { asMembers } = await import('./apply/applyset.js');
  try {
    return { ...found, infos: asMembers(set, found.infos) };
  } catch (error) {
    // As kubectl does: nothing is applied then, and the set is looked at all the same.
    return { infos: [], errors: [error] };
  }
}

async function check(context: Context, dryRun: DryRun, set: ApplySet | undefined): Promise<void> {
  const { flags } = context;
  const [serverSide, selects] = [flags.bool('server-side'), flags.string('selector') !== ''];
  if (flags.bool('force-conflicts') && !serverSide) throw new CliError('--force-conflicts only works with --server-side');
  if (dryRun === 'client' && serverSide) throw new CliError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  if (flags.bool('force') && serverSide) throw new CliError('--force cannot be used with --server-side');
  if (dryRun === 'server' && flags.bool('force')) throw new CliError('--dry-run=server cannot be used with --force');
  if (flags.bool('all') && selects) throw new CliError('cannot set --all and --selector at the same time');
  if (set !== undefined) {
    if (!flags.bool('prune')) throw new CliError('--applyset requires --prune');
    await (await import('./apply/applyset.js')).checkParent(context, set);
  }
  if (flags.bool('prune')) checkPrune(context, set);
  if (flags.string('subresource') !== '' && !serverSide) throw new CliError('--subresource can only be specified for --server-side');
}

function checkPrune({ flags }: Context, set: ApplySet | undefined): void {
  const selects = flags.string('selector') !== '';
  if (flags.bool('force')) throw new CliError('--force cannot be used with --prune');
  if (set !== undefined) {
    if (flags.bool('all')) throw new CliError('--all is incompatible with --applyset');
    if (selects) throw new CliError('--selector is incompatible with --applyset');
    if (flags.list('prune-allowlist').length > 0) throw new CliError('--prune-allowlist is incompatible with --applyset');
    return;
  }
  if (!flags.bool('all') && !selects)
    throw new CliError(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector',
    );
  if (flags.bool('server-side')) throw new CliError("--prune is in alpha and doesn't currently work on objects created by server-side apply");
}

/** With -o, what came out is printed at the end: one object as itself, several as a List. */
async function printData({ context, printer, visited }: Applying): Promise<void> {
  if (!printer.asData || visited.length === 0) return;
  if (visited.length === 1) printer.print(visited[0]!.object, '');
  else if (['json', 'kyaml'].includes(context.flags.string('output').toLowerCase()))
    context.out(
      await listText(
        context,
        visited.map(({ object }) => object),
      ),
    );
  else printer.print({ apiVersion: 'v1', items: visited.map(({ object }) => object), kind: 'List', metadata: {} }, '');
}

/** The list is kubectl's own and in the order of Go's struct; what it holds came elsewhere and is sorted. */
async function listText({ flags }: Context, objects: readonly any[]): Promise<string> {
  const showManagedFields = flags.bool('show-managed-fields');
  const list = { kind: 'List', apiVersion: 'v1', metadata: {}, items: objects.map((object) => sortedKeys(strip(object, { showManagedFields }))) };
  return flags.string('output').toLowerCase() === 'json' ? `${goJsonIndent(list)}\n` : (await import('../printers/kyaml.js')).toKyamlInOrder(list);
}

function done(applying: Applying, info: Info, word: string): void {
  applying.visited.push(info);
  if (!applying.printer.asData) applying.printer.print(info.object, word);
}

async function one(applying: Applying, given: Info): Promise<void> {
  const { context, dryRun } = applying;
  const info = { ...given, object: recorded(context, given.object) };
  if (info.name === '' && info.object.metadata?.generateName)
    throw new CliError(`from ${info.object.metadata.generateName}: cannot use generate name with apply`);
  if (applying.serverSide) return (await import('./apply/serverside.js')).applyServerSide(applying, info, done);
  const live = await current(context, info);
  const modified = withLastApplied(info.object);
  if (live === undefined) {
    const made = dryRun === 'client' ? modified : await create(applying, info, modified);
    return done(applying, { ...info, object: made }, 'created');
  }
  if (live.metadata.annotations?.[LAST_APPLIED] === undefined) {
    const { program } = context.host;
    context.err(
      `Warning: resource ${infoName({ ...info, resource: { ...info.resource!, group: '' } })} is missing the ${LAST_APPLIED} annotation which is required by ${program} apply. ${program} apply should only be used on resources created declaratively by either ${program} create --save-config or ${program} apply. The missing annotation will be patched automatically.\n`,
    );
  }
  if (live.metadata.deletionTimestamp && dryRun !== 'client')
    context.err(`Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`);
  const { patchOver } = await import('./apply/patcher.js');
  const { object, changed } = await patchOver(applying, info, modified, live);
  done(applying, { ...info, object }, changed || applying.printer.asData ? 'configured' : 'unchanged');
}

async function create({ context, dryRun, fieldValidation }: Applying, info: Info, modified: any): Promise<any> {
  try {
    return await (
      await context.rest()
    ).object('POST', pathOf(info.resource!, { namespace: info.namespace }), { query: applyQuery(context, dryRun, fieldValidation), body: modified });
  } catch (error) {
    throw withSource('creating', info.source, error);
  }
}

/** --server-side alone changes the default field manager. */
export function applyQuery(context: Context, dryRun: DryRun, fieldValidation: string): Record<string, string> {
  const { flags } = context;
  const query = writeQuery(context, dryRun, { fieldValidation });
  return flags.changed('field-manager') || !flags.bool('server-side') ? query : { ...query, fieldManager: SERVER_SIDE_MANAGER };
}

async function current(context: Context, info: Info): Promise<any> {
  try {
    if (info.name === '') throw new CliError('resource name may not be empty');
    return await (await context.rest()).object('GET', infoPath(info));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw withInfo('retrieving current configuration of', info, error);
  }
}

/** Resource, kind, name and namespace, as kubectl writes them into an error. */
export function describeInfo({ resource, object, name, namespace }: Info): string {
  const { group, version } = resource!;
  const gv = `${group}/${version}`;
  return `Resource: ${JSON.stringify(`${gv}, Resource=${resource!.name}`)}, GroupVersionKind: ${JSON.stringify(`${gv}, Kind=${object.kind}`)}\nName: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace ?? '')}`;
}

/** An error with the object it happened to, and the file that speaks of it. */
export function withInfo(doing: string, info: Info, error: unknown): unknown {
  const before = `error when ${doing}:\n${describeInfo(info)}\n`;
  const text = `${before}${doing.startsWith('applying') ? 'for' : 'from server for'}: ${JSON.stringify(info.source)}: `;
  if (error instanceof StatusError) return new StatusError({ ...error.status, message: text + (error.status.message ?? '') });
  return new CliError(text + (error as Error).message);
}
