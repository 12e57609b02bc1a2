/** drain: cordons nodes and moves their pods away, by eviction where the server has it. */
import { parseLabelSelector } from '../../apimachinery/labels.js';
import { isForbidden, isNotFound, isTooManyRequests } from '../../apimachinery/status.js';
import { CliError, PlainError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { infoPath, listObjects } from '../infos.js';
import type { Info } from '../manifests.js';
import { DRY_RUN_FLAG, SELECTOR_FLAG } from '../sharedflags.js';
import { watchUntil } from '../watching.js';
import { dryRunOf, DRY_RUN_TEXT, tell, type DryRun } from '../writing.js';
import { nodesOf, setSchedulable } from './cordon.js';

export const drain: Command = {
  name: 'drain',
  summary: 'Drain node in preparation for maintenance',
  about:
    "Drain node in preparation for maintenance.\n\nThe given node will be marked unschedulable to prevent new pods from arriving. 'drain' evicts the pods if the API server supports eviction. Otherwise, it will use normal DELETE to delete the pods.",
  usage: 'NODE [options]',
  examples: [
    {
      does: 'Drain node "foo", even if there are pods not managed by a replication controller, replica set, job, daemon set, or stateful set on it',
      command: 'drain foo --force',
    },
  ],
  flags: [
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    { name: 'chunk-size', type: 'int', default: '500', description: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    {
      name: 'delete-emptydir-data',
      type: 'bool',
      description: 'Continue even if there are pods using emptyDir (local data that will be deleted when the node is drained).',
    },
    {
      name: 'disable-eviction',
      type: 'bool',
      description: 'Force drain to use delete, even if eviction is supported. This will bypass checking PodDisruptionBudgets, use with caution.',
    },
    { name: 'force', type: 'bool', description: 'Continue even if there are pods that do not declare a controller.' },
    {
      name: 'grace-period',
      type: 'int',
      default: '-1',
      description: 'Period of time in seconds given to each pod to terminate gracefully. If negative, the default value specified in the pod will be used.',
    },
    { name: 'ignore-daemonsets', type: 'bool', description: 'Ignore DaemonSet-managed pods.' },
    { name: 'pod-selector', type: 'string', description: 'Label selector to filter pods on the node' },
    {
      name: 'skip-wait-for-delete-timeout',
      type: 'int',
      default: '0',
      description: 'If pod DeletionTimestamp older than N seconds, skip waiting for the pod.  Seconds must be greater than 0 to skip.',
    },
    { name: 'timeout', type: 'duration', default: '0s', description: 'The length of time to wait before giving up, zero means infinite' },
  ],
  run,
};

const EVICT_AGAIN_MS = 5_000;

async function run(context: Context): Promise<number | void> {
  const dryRun = dryRunOf(context);
  context.needs('stay');
  if (context.flags.string('pod-selector') !== '') {
    try {
      parseLabelSelector(context.flags.string('pod-selector'));
    } catch {
      // What is wrong with it kubectl keeps to itself.
      throw new CliError('--pod-selector=<pod_selector> must be a valid label selector');
    }
  }
  const { infos, errors } = await nodesOf(context);
  if (errors.length > 0) return tell(context, errors);
  for (const info of infos) await setSchedulable(context, info, true, dryRun);
  const pending: string[] = [];
  for (const info of infos) {
    try {
      await drainOne(context, info, dryRun);
      context.out(`node/${info.name} drained${DRY_RUN_TEXT[dryRun]}\n`);
    } catch (error) {
      // One node's errors are told as a list of one: without "error: " before them.
      errors.push(error instanceof CliError ? new PlainError(error.message) : error);
      pending.push(info.name);
      context.err(`error: unable to drain node ${JSON.stringify(info.name)} due to error: ${(error as Error).message}, continuing command...\n`);
    }
  }
  if (pending.length > 0) context.err(`There are pending nodes to be drained:\n${pending.map((name) => ` ${name}\n`).join('')}`);
  return tell(context, errors);
}

interface Sorted {
  go: any[];
  warnings: string[];
  errors: string[];
}

async function drainOne(context: Context, info: Info, dryRun: DryRun): Promise<void> {
  const resource = (await (await context.discovery()).findKind('v1', 'Pod'))!;
  const pods = await listObjects(context, resource, undefined, { selector: context.flags.string('pod-selector'), fields: `spec.nodeName=${info.name}` });
  const { go, warnings, errors } = await sort(context, pods);
  if (errors.length > 0) throw new CliError(errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`);
  if (warnings.length > 0) context.err(`Warning: ${warnings.join('; ')}\n`);
  const timeoutMs = context.flags.duration('timeout');
  const deadlineMs = timeoutMs === 0 ? undefined : context.clock.now() + timeoutMs;
  const evicts = !context.flags.bool('disable-eviction');
  await Promise.all(
    go.map((pod) =>
      remove(context, { resource, namespace: pod.metadata.namespace, name: pod.metadata.name, object: pod, source: '' }, { dryRun, deadlineMs, evicts }),
    ),
  );
}

/** Which pods go, which stay with a warning, and which forbid it: kubectl's filters in its order. */
async function sort(context: Context, pods: readonly any[]): Promise<Sorted> {
  const { flags } = context;
  const warned = new Map<string, string[]>();
  const refused = new Map<string, string[]>();
  const put = (to: Map<string, string[]>, why: string, pod: any): void =>
    void to.set(why, [...(to.get(why) ?? []), `${pod.metadata.namespace}/${pod.metadata.name}`]);
  const go: any[] = [];
  const skipS = flags.int('skip-wait-for-delete-timeout');
  for (const pod of pods) {
    const deleted = pod.metadata.deletionTimestamp === undefined ? undefined : Date.parse(pod.metadata.deletionTimestamp);
    if (skipS > 0 && deleted !== undefined && Math.trunc((context.clock.now() - deleted) / 1000) > skipS) continue;
    const owner = (pod.metadata.ownerReferences ?? []).find(({ controller }: any) => controller);
    const over = pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';
    if (owner?.kind === 'DaemonSet' && !over) {
      put(
        flags.bool('ignore-daemonsets') ? warned : refused,
        flags.bool('ignore-daemonsets') ? 'ignoring DaemonSet-managed Pods' : 'cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)',
        pod,
      );
      continue;
    }
    if (pod.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) continue;
    const local = !over && (pod.spec.volumes ?? []).some(({ emptyDir }: any) => emptyDir !== undefined);
    if (local && !flags.bool('delete-emptydir-data')) put(refused, 'cannot delete Pods with local storage (use --delete-emptydir-data to override)', pod);
    else if (owner === undefined && !over && !flags.bool('force')) put(refused, 'cannot delete Pods that declare no controller (use --force to override)', pod);
    else {
      if (owner === undefined && !over) put(warned, 'deleting Pods that declare no controller', pod);
      go.push(pod);
    }
  }
  const told = (map: Map<string, string[]>): string[] => [...map].map(([why, names]) => `${why}: ${names.join(', ')}`);
  return { go, warnings: told(warned), errors: told(refused) };
}

interface Removal {
  dryRun: DryRun;
  deadlineMs: number | undefined;
  evicts: boolean;
}

async function remove(context: Context, info: Info, { dryRun, deadlineMs, evicts }: Removal): Promise<void> {
  const { namespace, name } = info;
  const [verb, done] = evicts ? ['evicting', 'evicted'] : ['deleting', 'deleted'];
  if (dryRun === 'client') return context.out(`${verb} pod ${namespace}/${name} (dry run)\n`);
  const rest = await context.rest();
  const grace = context.flags.int('grace-period');
  const deleteOptions = { ...(grace < 0 ? {} : { gracePeriodSeconds: grace }), ...(dryRun === 'server' ? { dryRun: ['All'] } : {}) };
  for (;;) {
    if (evicts) context.out(`${verb} pod ${namespace}/${name}${DRY_RUN_TEXT[dryRun]}\n`);
    try {
      if (evicts)
        await rest.object('POST', pathOf(info.resource!, { namespace, name, subresource: 'eviction' }), {
          body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, deleteOptions },
        });
      else await rest.object('DELETE', infoPath(info), { body: { kind: 'DeleteOptions', apiVersion: 'v1', ...deleteOptions } });
      break;
    } catch (error) {
      if (isNotFound(error)) return;
      const terminating = isForbidden(error) && /because it is being terminated/.test((error as Error).message);
      if (!isTooManyRequests(error) && !terminating)
        throw new CliError(`error when ${verb} pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: ${(error as Error).message}`);
      context.err(`error when ${verb} pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)} (will retry after 5s): ${(error as Error).message}\n`);
      if (deadlineMs !== undefined && context.clock.now() + EVICT_AGAIN_MS > deadlineMs)
        throw new CliError(
          `error when ${verb} pods/${JSON.stringify(name)} -n ${JSON.stringify(namespace)}: global timeout reached: ${context.flags.string('timeout')}`,
        );
      await new Promise<void>((resolve) => context.clock.after(EVICT_AGAIN_MS, resolve));
    }
  }
  if (dryRun !== 'none') return;
  const gone = await watchUntil(context, info, { deadlineMs, check: (object) => object === undefined || object.metadata.uid !== info.object.metadata.uid });
  if (!gone)
    throw new CliError(
      `error when waiting for pod ${JSON.stringify(name)} in namespace ${JSON.stringify(namespace)} to terminate: global timeout reached: ${context.flags.string('timeout')}`,
    );
  context.out(`pod/${name} ${done}\n`);
}
