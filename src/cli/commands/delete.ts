/** delete: takes objects away, named in files, by name or by selector, and waits until they are gone. */
import { isNotFound } from '../../apimachinery/status.js';
import { CliError, type Command } from '../command.js';
import { requestPath } from '../raw.js';
import type { Context } from '../context.js';
import { findInfos, infoPath, withSource } from '../infos.js';
import type { Info } from '../manifests.js';
import { kindName } from '../printers/printer.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS, SELECTOR_FLAG } from '../sharedflags.js';
import { DRY_RUN_TEXT, dryRunOf, tell, type DryRun } from '../writing.js';
import { CASCADE, CASCADE_FLAG, cascadeOf } from './delete/cascade.js';
import { deadlineOf, waitGone } from './delete/waiting.js';

export const deleteCommand: Command = {
  name: 'delete',
  summary: 'Delete resources by file names, stdin, resources and names, or by resources and label selector',
  about:
    'Delete resources by file names, stdin, resources and names, or by resources and label selector.\n\nJSON and YAML formats are accepted. Only one type of argument may be specified: file names, resources and names, or resources and label selector.\n\nSome resources, such as pods, support graceful deletion. These resources define a default period before they are forcibly terminated (the grace period) but you may override that value with the --grace-period flag, or pass --now to set a grace-period of 1.',
  usage: '([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)]) [options]',
  examples: [
    { does: 'Delete a pod using the type and name specified in pod.json', command: 'delete -f ./pod.json' },
    { does: 'Delete pods and services with same names "baz" and "foo"', command: 'delete pod,service baz foo' },
    { does: 'Delete pods and services with label name=myLabel', command: 'delete pods,services -l name=myLabel' },
    { does: 'Delete a pod with minimal delay', command: 'delete pod foo --now' },
    { does: 'Force delete a pod on a dead node', command: 'delete pod foo --force' },
    { does: 'Delete all pods', command: 'delete pods --all' },
  ],
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    CASCADE_FLAG,
    { name: 'all', type: 'bool', description: 'Delete all resources, in the namespace of the specified resource types.' },
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'bool',
      description:
        'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
    },
    {
      name: 'field-selector',
      type: 'string',
      description:
        "Selector (field query) to filter on, supports '=', '==', and '!='.(e.g. --field-selector key1=value1,key2=value2). The server only supports a limited number of field queries per type.",
    },
    {
      name: 'force',
      type: 'bool',
      description:
        'If true, immediately remove resources from API and bypass graceful deletion. Note that immediate deletion of some resources may result in inconsistency or data loss and requires confirmation.',
    },
    {
      name: 'grace-period',
      type: 'int',
      default: '-1',
      description:
        'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative. Set to 1 for immediate shutdown. Can only be set to 0 when --force is true (force deletion).',
    },
    { name: 'ignore-not-found', type: 'bool', description: 'Treat "resource not found" as a successful delete. Defaults to "true" when --all is specified.' },
    { name: 'interactive', short: 'i', type: 'bool', description: 'If true, delete resource only when user confirms.' },
    { name: 'now', type: 'bool', description: 'If true, resources are signaled for immediate shutdown (same as --grace-period=1).' },
    { name: 'output', short: 'o', type: 'string', description: 'Output mode. Use "-o name" for shorter output (resource/name).' },
    { name: 'raw', type: 'string', description: 'Raw URI to DELETE to the server.  Uses the transport specified by the kubeconfig file.' },
    {
      name: 'timeout',
      type: 'duration',
      default: '0s',
      description: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    },
    { name: 'wait', type: 'bool', default: 'true', description: 'If true, wait for resources to be gone before returning. This waits for finalizers.' },
  ],
  run,
};

interface Deleting {
  context: Context;
  dryRun: DryRun;
  graceSeconds: number;
  ignoreNotFound: boolean;
  policy: string;
}

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  const deleting = plan(context);
  context.needs(flags.bool('wait') && deleting.dryRun === 'none' ? 'stay' : 'write');
  if (flags.string('raw') !== '') return raw(context);
  const found = await findInfos(context, { unread: true, allNamespaces: true });
  const errors = deleting.ignoreNotFound ? found.errors.filter((error) => !isNotFound(error)) : found.errors;
  if (flags.bool('interactive') && found.infos.length > 0 && !(await agreed(context, found.infos))) {
    context.out('deletion is cancelled\n');
    return;
  }
  if (context.namespaceGiven && !flags.bool('all-namespaces') && found.infos.some(({ resource }) => !resource!.namespaced))
    context.err('Warning: deleting cluster-scoped resources, not scoped to the provided namespace\n');
  const gone: { info: Info; uid: string | undefined }[] = [];
  for (const info of found.infos) {
    try {
      gone.push({ info, uid: await remove(deleting, info) });
    } catch (error) {
      if (!(deleting.ignoreNotFound && isNotFound(error))) errors.push(error);
    }
  }
  if (found.infos.length === 0 && errors.length === 0) context.out('No resources found\n');
  if (errors.length > 0) return tell(context, errors);
  if (flags.bool('wait') && deleting.dryRun === 'none') return waitAll(context, gone);
}

function plan(context: Context): Deleting {
  const { flags } = context;
  let graceSeconds = flags.int('grace-period');
  const lists = flags.bool('all') || flags.string('selector') !== '' || flags.string('field-selector') !== '';
  if (flags.bool('now')) {
    if (graceSeconds !== -1) throw new CliError('--now and --grace-period cannot be specified together');
    graceSeconds = 1;
  }
  if (graceSeconds === 0 && !flags.bool('force')) graceSeconds = 1;
  else if (flags.bool('force') && graceSeconds < 0) graceSeconds = 0;
  const output = flags.string('output');
  if (output !== '' && output !== 'name') throw new CliError(`unexpected -o output mode: ${output}. We only support '-o name'`);
  if (flags.bool('all') && (flags.string('selector') !== '' || flags.string('field-selector') !== ''))
    throw new CliError("setting 'all' parameter but found a non empty selector. ");
  const policy = CASCADE[cascadeOf(context)];
  const dryRun = dryRunOf(context);
  if (flags.bool('force') && graceSeconds > 0) throw new CliError('--force and --grace-period greater than 0 cannot be specified together');
  if (flags.bool('force'))
    context.err(
      'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n',
    );
  return { context, dryRun, graceSeconds, policy, ignoreNotFound: flags.bool('ignore-not-found') || (lists && !flags.changed('ignore-not-found')) };
}

async function raw(context: Context): Promise<void> {
  const { flags } = context;
  if (flags.bool('interactive')) throw new CliError('--interactive can not be used with --raw');
  const files = flags.list('filename');
  if (files.length > 1) throw new CliError('--raw can only use a single local file or stdin');
  if (/^https?:\/\//.test(files[0] ?? '')) throw new CliError('--raw cannot read from a url');
  if (flags.bool('recursive')) throw new CliError('--raw and --recursive are mutually exclusive');
  if (flags.string('output') !== '') throw new CliError('--raw and --output are mutually exclusive');
  context.out(await (await context.rest()).text('DELETE', requestPath(flags.string('raw'))));
}

async function agreed(context: Context, infos: readonly Info[]): Promise<boolean> {
  context.out(`You are about to delete the following ${infos.length} resource(s):\n`);
  for (const { object, name } of infos) context.out(`${kindName(object)}/${name}\n`);
  context.out('Do you want to continue? (y/N): ');
  const answer = Buffer.from(await firstLine(context))
    .toString('utf8')
    .trim()
    .toLowerCase();
  return answer === 'y' || answer === 'yes';
}

/** What stands on standard input up to the first line end. */
export function firstLine({ terminal }: Context): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    let stop = (): void => {};
    const done = (): void => {
      stop();
      resolve(text.split('\n')[0]!);
    };
    stop = terminal.stdin.onData((chunk) => {
      text += Buffer.from(chunk).toString('utf8');
      if (text.includes('\n')) done();
    }, done);
  });
}

/** Resolves to the uid of what goes. */
async function remove({ context, dryRun, graceSeconds, policy }: Deleting, info: Info): Promise<string | undefined> {
  const body = {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(graceSeconds < 0 ? {} : { gracePeriodSeconds: graceSeconds }),
    propagationPolicy: policy,
    ...(dryRun === 'server' ? { dryRun: ['All'] } : {}),
  };
  let answer: any;
  try {
    if (dryRun !== 'client') answer = await (await context.rest()).object('DELETE', infoPath(info), { body });
    else if (info.source === '' && info.object.metadata.uid === undefined) await (await context.rest()).object('GET', infoPath(info));
  } catch (error) {
    throw withSource('deleting', info.source, error);
  }
  print(context, info, `${graceSeconds === 0 ? 'force ' : ''}deleted`, DRY_RUN_TEXT[dryRun]);
  return answer?.kind === 'Status' ? answer.details?.uid : answer?.metadata?.uid;
}

function print(context: Context, { object, name, namespace, resource }: Info, done: string, dry: string): void {
  const kind = kindName(object);
  if (context.flags.string('output') === 'name') context.out(`${kind}/${name}\n`);
  else context.out(`${kind} ${JSON.stringify(name)} ${done}${resource!.namespaced ? ` from ${namespace} namespace` : ''}${dry}\n`);
}

async function waitAll(context: Context, gone: readonly { info: Info; uid: string | undefined }[]): Promise<number | void> {
  const deadlineMs = deadlineOf(context, context.flags.duration('timeout'));
  const errors: unknown[] = [];
  for (const { info, uid } of gone) {
    try {
      await waitGone(context, info, uid, deadlineMs);
    } catch (error) {
      errors.push(error);
    }
  }
  return tell(context, errors);
}
