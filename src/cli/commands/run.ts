/** run: one pod of an image, and with --expose a service before it; attached to with -i, -t or --attach. */
import { applyMergePatch, applyStrategicMergePatch } from '../../apimachinery/patch/index.js';
import { CliError, Exit, type Command } from '../command.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { infoPath } from '../infos.js';
import type { Info } from '../manifests.js';
import { decodedLocally, shapeOf } from '../shapes.js';
import { DETACH_KEYS_FLAG, DRY_RUN_FLAG, FILENAME_FLAGS } from '../sharedflags.js';
import { watchUntil } from '../watching.js';
import {
  checkOptions,
  dryRunOf,
  fieldManagerFlag,
  recorded,
  RECORD_FLAG,
  requireFlags,
  resultPrinter,
  usage,
  WRITE_OUTPUT_FLAGS,
  writeQuery,
  type DryRun,
} from '../writing.js';
import { attachTo } from './attach.js';
import { configured, SAVE_CONFIG_FLAG } from './create/generate.js';
import { isReference } from './debug/options.js';
import { CASCADE_FLAG } from './delete/cascade.js';
import { deadlineOf, waitGone } from './delete/waiting.js';
import { PODS } from './exec.js';

export const run: Command = {
  name: 'run',
  summary: 'Run a particular image on the cluster',
  about: 'Create and run a particular image in a pod.',
  usage:
    'NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...] [options]',
  examples: [
    { does: 'Start a nginx pod', command: 'run nginx --image=nginx' },
    { does: "Start a busybox pod and keep it in the foreground, don't restart it if it exits", command: 'run -i -t busybox --image=busybox --restart=Never' },
    { does: 'Start the nginx pod using a different command and custom arguments', command: 'run nginx --image=nginx --command -- <cmd> <arg1> ... <argN>' },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    DRY_RUN_FLAG,
    SAVE_CONFIG_FLAG,
    RECORD_FLAG,
    CASCADE_FLAG,
    DETACH_KEYS_FLAG,
    ...FILENAME_FLAGS,
    fieldManagerFlag('kubectl-run'),
    { name: 'annotations', type: 'stringArray', description: 'Annotations to apply to the pod.' },
    {
      name: 'attach',
      type: 'bool',
      description:
        "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were called.  Default false, unless '-i/--stdin' is set, in which case the default is true.",
    },
    {
      name: 'command',
      type: 'bool',
      description:
        "If true and extra arguments are present, use them as the 'command' field in the container, rather than the 'args' field which is the default.",
    },
    { name: 'env', type: 'stringArray', description: 'Environment variables to set in the container.' },
    { name: 'expose', type: 'bool', description: 'If true, create a ClusterIP service associated with the pod.  Requires `--port`.' },
    { name: 'force', type: 'bool', description: 'If true, immediately remove resources from API and bypass graceful deletion.' },
    {
      name: 'grace-period',
      type: 'int',
      default: '-1',
      description: 'Period of time in seconds given to the resource to terminate gracefully. Ignored if negative.',
    },
    { name: 'image', type: 'string', description: 'The image for the container to run.' },
    {
      name: 'image-pull-policy',
      type: 'string',
      description: 'The image pull policy for the container.  If left empty, this value will not be specified by the client and defaulted by the server.',
    },
    { name: 'labels', short: 'l', type: 'string', description: 'Comma separated labels to apply to the pod. Will override previous values.' },
    {
      name: 'leave-stdin-open',
      type: 'bool',
      description:
        'If the pod is started in interactive mode or with stdin, leave stdin open after the first attach completes. By default, stdin will be closed after the first attach completes.',
    },
    { name: 'override-type', type: 'string', default: "'merge'", description: 'The method used to override the generated object: json, merge, or strategic.' },
    {
      name: 'overrides',
      type: 'string',
      description:
        'An inline JSON override for the generated object. If this is non-empty, it is used to override the generated object. Requires that the object supply a valid apiVersion field.',
    },
    {
      name: 'pod-running-timeout',
      type: 'duration',
      default: '1m0s',
      description: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
    { name: 'port', type: 'string', description: 'The port that this container exposes.' },
    { name: 'privileged', type: 'bool', description: 'If true, run the container in privileged mode.' },
    { name: 'quiet', short: 'q', type: 'bool', description: 'If true, suppress prompt messages.' },
    { name: 'restart', type: 'string', default: "'Always'", description: 'The restart policy for this Pod.  Legal values [Always, OnFailure, Never].' },
    {
      name: 'rm',
      type: 'bool',
      description: "If true, delete the pod after it exits.  Only valid when attaching to the container, e.g. with '--attach' or with '-i/--stdin'.",
    },
    { name: 'stdin', short: 'i', type: 'bool', description: 'Keep stdin open on the container in the pod, even if nothing is attached.' },
    {
      name: 'timeout',
      type: 'duration',
      default: '0s',
      description: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    },
    { name: 'tty', short: 't', type: 'bool', description: 'Allocate a TTY for the container in the pod.' },
    { name: 'wait', type: 'bool', description: 'If true, wait for resources to be gone before returning. This waits for finalizers.' },
  ],
  run: runImage,
};

const RESTART = ['Always', 'OnFailure', 'Never'];

async function runImage(context: Context): Promise<void> {
  const { flags } = context;
  requireFlags(context, 'image');
  checkOptions(context);
  const { name, words } = nameOf(context);
  const dryRun = dryRunOf(context);
  const attached = flags.changed('attach') ? flags.bool('attach') : flags.bool('stdin') || flags.bool('tty');
  check(context, attached, dryRun);
  context.needs(attached || flags.bool('rm') ? 'stay' : 'write');
  const printer = await resultPrinter(context, dryRun, { typed: ['Pod', 'Service'].map((kind) => ({ apiVersion: 'v1', kind })), anew: true });
  const made = await send(context, await overridden(context, podOf(context, name, words)), PODS, dryRun);
  if (flags.bool('expose')) {
    printer.print(await send(context, serviceOf(context, name), { ...PODS, name: 'services' }, dryRun), 'created');
    // As kubectl does: one separator of its own, besides the printer's.
    if (flags.string('output') === 'yaml') context.out('---\n');
  }
  if (!attached) printer.print(made, 'created');
  if (attached && dryRun === 'none') await follow(context, made);
}

function nameOf(context: Context): { name: string; words: readonly string[] } {
  const { args, dash } = context;
  if (args.length === 0 || dash === 0) throw usage(context, 'NAME is required for run');
  return { name: args[0]!, words: args.slice(1) };
}

function check(context: Context, attached: boolean, dryRun: DryRun): void {
  const { flags } = context;
  const image = flags.string('image');
  if (image === '') throw new CliError('--image is required');
  if (!isReference(image)) throw new CliError(`Invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (flags.bool('tty') && !flags.bool('stdin')) throw usage(context, '-i/--stdin is required for containers with -t/--tty=true');
  if (flags.bool('expose') && flags.string('port') === '') throw usage(context, '--port must be set when exposing a service');
  if (!RESTART.includes(flags.string('restart')))
    throw usage(context, `invalid restart policy: ${flags.string('restart')}\nSee '${context.host.program} run -h' for help and examples`.split('\n')[0]!);
  if (!attached && flags.bool('rm')) throw usage(context, '--rm should only be used for attached containers');
  if (attached && dryRun !== 'none')
    throw usage(context, "--dry-run=[server|client] can't be used with attached containers options (--attach, --stdin, or --tty)");
  const policy = flags.string('image-pull-policy');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(policy)) throw usage(context, `invalid image pull policy: ${policy}`);
}

function labelsOf({ flags }: Context, name: string): Record<string, string> {
  const text = flags.string('labels');
  if (text === '') return { run: name };
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const parts = pair.split('=');
      if (parts.length !== 2) throw new CliError(`unexpected label spec: ${pair}`);
      return parts as [string, string];
    }),
  );
}

function podOf(context: Context, name: string, words: readonly string[]): any {
  const { flags } = context;
  const env = flags.list('env').map((pair) => {
    const at = pair.indexOf('=');
    if (at <= 0) throw new CliError(`invalid env: ${pair}`);
    return { name: pair.slice(0, at), value: pair.slice(at + 1) };
  });
  const annotations = Object.fromEntries(
    flags.list('annotations').map((pair) => {
      const at = pair.indexOf('=');
      if (at < 0) throw new CliError(`invalid annotations format: ${pair}`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
  const [stdin, tty, policy, port] = [flags.bool('stdin'), flags.bool('tty'), flags.string('image-pull-policy'), flags.string('port')];
  const container = {
    ...(words.length === 0 ? {} : flags.bool('command') ? { command: words } : { args: words }),
    ...(env.length > 0 ? { env } : {}),
    image: flags.string('image'),
    ...(policy === '' ? {} : { imagePullPolicy: policy }),
    name,
    ...(port === '' ? {} : { ports: [{ containerPort: goAtoi(port) }] }),
    resources: {},
    ...(flags.bool('privileged') ? { securityContext: { privileged: true } } : {}),
    ...(stdin ? { stdin: true, ...(flags.bool('leave-stdin-open') ? {} : { stdinOnce: true }) } : {}),
    ...(tty ? { tty: true } : {}),
  };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...(Object.keys(annotations).length > 0 ? { annotations } : {}), labels: labelsOf(context, name), name },
    spec: { containers: [container], dnsPolicy: 'ClusterFirst', restartPolicy: flags.string('restart') },
    status: {},
  };
}

function serviceOf(context: Context, name: string): any {
  const port = goAtoi(context.flags.string('port'));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { ...(context.flags.string('labels') === '' ? {} : { labels: labelsOf(context, name) }), name },
    spec: { ports: [{ port, protocol: 'TCP', targetPort: port }], selector: labelsOf(context, name) },
    status: { loadBalancer: {} },
  };
}

async function overridden(context: Context, pod: any): Promise<any> {
  const text = context.flags.string('overrides');
  if (text === '') return pod;
  return withOverrides(pod, text, context.flags.string('override-type'), PODS);
}

/** The generated object with the user's own fragment over it. Shared with expose. */
export async function withOverrides(object: any, text: string, type: string, resource: { group: string; version: string; name: string }): Promise<any> {
  if (!['json', 'merge', 'strategic'].includes(type)) throw new CliError(`invalid override type: ${type}`);
  const patch = parsePatch(text, type);
  const made: any =
    type === 'json'
      ? (await import('./patch/jsonpatch.js')).applyJsonPatch(object, patch)
      : type === 'merge'
        ? applyMergePatch(object, patch)
        : applyStrategicMergePatch(object, patch, (await shapeOf(resource))!);
  if (made.apiVersion !== object.apiVersion || made.kind !== object.kind)
    throw new CliError(
      `no kind ${JSON.stringify(made.kind)} is registered for version ${JSON.stringify(made.apiVersion)} in scheme "pkg/runtime/scheme.go:111"`,
    );
  return (await decodedLocally(made)) ?? made;
}

function parsePatch(text: string, type: string): any {
  try {
    return JSON.parse(text);
  } catch {
    // Go's own words for broken JSON are lost on the way in each of the three libraries.
    if (type === 'merge') throw new CliError('Invalid JSON Patch');
    throw new CliError(`invalid character ${JSON.stringify(text.trim()[0] ?? '').replaceAll('"', "'")} looking for beginning of value`);
  }
}

/** strconv.Atoi, its error included. */
export function goAtoi(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new CliError(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

async function send(context: Context, object: any, resource: typeof PODS, dryRun: DryRun): Promise<any> {
  const isLocal = dryRun === 'client';
  const placed = isLocal && context.namespaceGiven ? { ...object, metadata: { ...object.metadata, namespace: await context.namespace() } } : object;
  const noted = recorded(context, placed);
  const sent = context.flags.bool('save-config') && !isLocal ? await configured(resource, noted) : noted;
  return isLocal
    ? sent
    : (await context.rest()).object('POST', pathOf(resource, { namespace: await context.namespace() }), { query: writeQuery(context, dryRun), body: sent });
}

/** Attached: joins the container once it runs, or shows its log when it is done already; then tells how it ended. */
async function follow(context: Context, pod: any): Promise<void> {
  const { flags } = context;
  const resource = (await (await context.discovery()).findKind('v1', 'Pod'))!;
  const info: Info = { resource, namespace: pod.metadata.namespace, name: pod.metadata.name, object: pod, source: '' };
  let failure: unknown;
  try {
    await join(context, info);
  } catch (error) {
    failure = error;
  }
  const ends = !flags.bool('leave-stdin-open') && flags.string('restart') !== 'Always';
  const last = failure === undefined && ends ? await until(context, info, isOver) : undefined;
  if (flags.bool('rm')) await remove(context, info);
  if (failure !== undefined) throw failure;
  if (last !== undefined) endLike(context, last);
}

async function join(context: Context, info: Info): Promise<void> {
  const pod = await until(context, info, (one) => isOver(one) || isReady(one), context.flags.duration('pod-running-timeout'));
  const container = pod.spec.containers[0].name;
  if (isOver(pod)) return showLog(context, info, container);
  try {
    await attachTo(context, pod, container);
  } catch (error) {
    if (error instanceof Exit) throw error;
    // What it said before it could be joined is in its log; that a short command was quicker is no reason to warn.
    if (!(await endsSoon(context, info)))
      context.err(`warning: couldn't attach to pod/${info.name}, falling back to streaming logs: ${(error as Error).message}\n`);
    await showLog(context, info, container);
  }
}

const endsSoon = (context: Context, info: Info): Promise<boolean> =>
  context.flags.string('restart') === 'Always'
    ? Promise.resolve(false)
    : until(context, info, isOver, SOON_MS).then(
        () => true,
        () => false,
      );
const SOON_MS = 2_000;

async function showLog(context: Context, info: Info, container: string): Promise<void> {
  const answer = await (await context.rest()).send('GET', infoPath(info, 'log'), { query: { container } });
  if (answer.type === 'bytes') for await (const chunk of answer.chunks) context.terminal.stdout.write(chunk);
  else if (answer.type === 'text') context.terminal.stdout.write(answer.body);
}

const isReady = ({ status }: any): boolean =>
  status?.phase === 'Running' && (status.conditions ?? []).some(({ type, status: is }: any) => type === 'Ready' && is === 'True');
const isOver = ({ status }: any): boolean => status?.phase === 'Succeeded' || status?.phase === 'Failed';

async function until(context: Context, info: Info, holds: (pod: any) => boolean, limitMs?: number): Promise<any> {
  let last: any;
  const met = await watchUntil(context, info, {
    deadlineMs: limitMs === undefined ? undefined : context.clock.now() + limitMs,
    check(object) {
      if (object === undefined) throw new CliError(`pods ${JSON.stringify(info.name)} not found`);
      last = object;
      return holds(object);
    },
  });
  if (!met) throw new CliError('timed out waiting for the condition');
  return last;
}

async function remove(context: Context, info: Info): Promise<void> {
  const { flags } = context;
  const grace = flags.int('grace-period') >= 0 ? flags.int('grace-period') : flags.bool('force') ? 0 : -1;
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background', ...(grace < 0 ? {} : { gracePeriodSeconds: grace }) };
  await (await context.rest()).object('DELETE', infoPath(info), { body });
  if (!flags.bool('quiet')) context.out(`pod ${JSON.stringify(info.name)} ${grace === 0 ? 'force ' : ''}deleted from ${info.namespace} namespace\n`);
  if (flags.bool('wait')) await waitGone(context, info, info.object.metadata.uid, deadlineOf(context, flags.duration('timeout')));
}

function endLike(context: Context, { metadata, status }: any): void {
  if (status.phase === 'Succeeded') return;
  const ended = status.containerStatuses?.[0]?.state?.terminated;
  if (ended === undefined || ended.exitCode === 0) throw new CliError(`pod ${metadata.namespace}/${metadata.name} failed with unknown exit code`);
  context.err(`pod ${metadata.namespace}/${metadata.name} terminated (${ended.reason ?? ''})\n${ended.message ? `${ended.message}\n` : ''}`);
  throw new Exit(ended.exitCode);
}
