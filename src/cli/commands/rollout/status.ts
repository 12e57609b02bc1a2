/** rollout status: how far a rollout is, told until it is done. */
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { findInfos } from '../../infos.js';
import { requireObjects, type Info } from '../../manifests.js';
import { FILENAME_FLAGS, SELECTOR_FLAG } from '../../sharedflags.js';
import { tell } from '../../writing.js';
import { watchUntil } from '../../watching.js';
import { groupKind, revisionOf } from './history.js';

export const status: Command = {
  name: 'status',
  summary: 'Show the status of the rollout',
  about:
    "Show the status of the rollout.\n\nBy default 'rollout status' will watch the status of the latest rollout until it's done. If you don't want to wait for the rollout to finish then you can use --watch=false.",
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  examples: [{ does: 'Watch the rollout status of a deployment', command: 'rollout status deployment/nginx' }],
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    { name: 'revision', type: 'int', default: '0', description: 'Pin to a specific revision for showing its status. Defaults to 0 (last revision).' },
    {
      name: 'timeout',
      type: 'duration',
      default: '0s',
      description:
        'The length of time to wait before ending watch, zero means never. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).',
    },
    { name: 'watch', short: 'w', type: 'bool', default: 'true', description: "Watch the status of the rollout until it's done." },
  ],
  run,
};

interface Progress {
  text: string;
  done: boolean;
}

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  if (flags.int('revision') < 0) throw new CliError('revision must be a positive integer: ' + flags.int('revision'));
  context.needs(flags.bool('watch') ? 'stay' : 'read');
  requireObjects(context);
  const { infos, errors } = await findInfos(context, { latest: true, everything: true });
  // As kubectl does: what could not be had is passed over.

  if (infos.length === 0 && errors.length === 0) {
    context.err(`No resources found in ${await context.namespace()} namespace.\n`);
    return;
  }
  for (const info of infos) {
    try {
      await follow(context, info);
    } catch (error) {
      errors.push(error);
    }
  }
  return tell(context, errors);
}

async function follow(context: Context, info: Info): Promise<void> {
  const { flags } = context;
  const viewer = VIEWERS[info.object.kind];
  if (viewer === undefined) throw new CliError(`no status viewer has been implemented for ${groupKind(info)}`);
  const revision = flags.int('revision');
  const look = (object: any): boolean => {
    if (object === undefined) throw new CliError('object has been deleted');
    if (revision > 0 && object.kind === 'Deployment' && revisionOf(object) !== revision)
      throw new CliError(`desired revision (${revision}) is different from the running revision (${revisionOf(object)})`);
    const { text, done } = viewer(object);
    context.out(text);
    return done;
  };
  if (!flags.bool('watch')) return void look(info.object);
  const timeoutMs = flags.duration('timeout');
  const met = await watchUntil(context, info, { deadlineMs: timeoutMs === 0 ? undefined : context.clock.now() + timeoutMs, check: look });
  if (!met) throw new CliError('timed out waiting for the condition');
}

const name = ({ metadata }: any): string => JSON.stringify(metadata.name);
const going = (text: string): Progress => ({ text: `${text}\n`, done: false });
const over = (text: string): Progress => ({ text: `${text}\n`, done: true });

const VIEWERS: Readonly<Record<string, (object: any) => Progress>> = { Deployment: ofDeployment, DaemonSet: ofDaemonSet, StatefulSet: ofStatefulSet };

function ofDeployment(object: any): Progress {
  const { spec, status: now = {}, metadata } = object;
  if (metadata.generation > (now.observedGeneration ?? 0)) return going('Waiting for deployment spec update to be observed...');
  const progressing = (now.conditions ?? []).find(({ type }: any) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') throw new CliError(`deployment ${name(object)} exceeded its progress deadline`);
  const [updated, total, available] = [now.updatedReplicas ?? 0, now.replicas ?? 0, now.availableReplicas ?? 0];
  const waiting = `Waiting for deployment ${name(object)} rollout to finish:`;
  if (spec.replicas !== undefined && updated < spec.replicas) return going(`${waiting} ${updated} out of ${spec.replicas} new replicas have been updated...`);
  if (total > updated) return going(`${waiting} ${total - updated} old replicas are pending termination...`);
  if (available < updated) return going(`${waiting} ${available} of ${updated} updated replicas are available...`);
  return over(`deployment ${name(object)} successfully rolled out`);
}

const ONLY_ROLLING = 'rollout status is only available for RollingUpdate strategy type';

function ofDaemonSet(object: any): Progress {
  const { spec, status: now, metadata } = object;
  if (spec.updateStrategy?.type !== 'RollingUpdate') throw new CliError(ONLY_ROLLING);
  if (metadata.generation > (now.observedGeneration ?? 0)) return going('Waiting for daemon set spec update to be observed...');
  const [updated, available, desired] = [now.updatedNumberScheduled ?? 0, now.numberAvailable ?? 0, now.desiredNumberScheduled ?? 0];
  if (updated < desired) return going(`Waiting for daemon set ${name(object)} rollout to finish: ${updated} out of ${desired} new pods have been updated...`);
  if (available < desired) return going(`Waiting for daemon set ${name(object)} rollout to finish: ${available} of ${desired} updated pods are available...`);
  return over(`daemon set ${name(object)} successfully rolled out`);
}

function ofStatefulSet({ spec, status: now, metadata }: any): Progress {
  if (spec.updateStrategy?.type !== 'RollingUpdate') throw new CliError(ONLY_ROLLING);
  if (!now.observedGeneration || metadata.generation > now.observedGeneration) return going('Waiting for statefulset spec update to be observed...');
  const replicas = spec.replicas ?? 0;
  if (spec.replicas !== undefined && (now.readyReplicas ?? 0) < replicas)
    return going(`Waiting for ${replicas - (now.readyReplicas ?? 0)} pods to be ready...`);
  const updated = now.updatedReplicas ?? 0;
  const partition = spec.updateStrategy.rollingUpdate?.partition;
  if (spec.updateStrategy.rollingUpdate !== undefined && spec.replicas !== undefined && partition !== undefined) {
    if (updated < replicas - partition)
      return going(`Waiting for partitioned roll out to finish: ${updated} out of ${replicas - partition} new pods have been updated...`);
    return over(`partitioned roll out complete: ${updated} new pods have been updated...`);
  }
  if (now.updateRevision !== now.currentRevision)
    return going(`waiting for statefulset rolling update to complete ${updated} pods at revision ${now.updateRevision}...`);
  return over(`statefulset rolling update complete ${now.currentReplicas ?? 0} pods at revision ${now.currentRevision}...`);
}
