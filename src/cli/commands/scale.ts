/** scale: sets how many copies a workload has, through its scale. */
import { isConflict } from '../../apimachinery/status.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { findInfos, infoPath, plainName } from '../infos.js';
import type { Info } from '../manifests.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS, SELECTOR_FLAG } from '../sharedflags.js';
import { watchUntil } from '../watching.js';
import { checkOptions, dryRunOf, RECORD_FLAG, recordAfter, requireFlags, resultPrinter, tell, WRITE_OUTPUT_FLAGS, type DryRun } from '../writing.js';

export const scale: Command = {
  name: 'scale',
  summary: 'Set a new size for a deployment, replica set, or replication controller',
  about:
    'Set a new size for a deployment, replica set, replication controller, or stateful set.\n\nScale also allows users to specify one or more preconditions for the scale action.',
  usage: '[--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME) [options]',
  examples: [
    { does: "Scale a replica set named 'foo' to 3", command: 'scale --replicas=3 rs/foo' },
    { does: "If the deployment named mysql's current size is 2, scale mysql to 3", command: 'scale --current-replicas=2 --replicas=3 deployment/mysql' },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    RECORD_FLAG,
    { name: 'all', type: 'bool', description: 'Select all resources in the namespace of the specified resource types' },
    {
      name: 'current-replicas',
      type: 'int',
      default: '-1',
      description:
        'Precondition for current size. Requires that the current size of the resource match this value in order to scale. -1 (default) for no condition.',
    },
    { name: 'replicas', type: 'int', default: '0', description: 'The new desired number of replicas. Required.' },
    {
      name: 'resource-version',
      type: 'string',
      description: 'Precondition for resource version. Requires that the current resource version match this value in order to scale.',
    },
    {
      name: 'timeout',
      type: 'duration',
      default: '0s',
      description:
        "The length of time to wait before giving up on a scale operation, zero means don't wait. Any other values should contain a corresponding time unit (e.g. 1s, 2m, 3h).",
    },
  ],
  run,
};

const TRIES_MAX = 10;

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  requireFlags(context, 'replicas');
  checkOptions(context);
  const replicas = flags.int('replicas');
  if (replicas < 0) throw new CliError('The --replicas=COUNT flag is required, and COUNT must be greater than or equal to 0');
  if (flags.int('current-replicas') < -1) throw new CliError('The --current-replicas must specify an integer of -1 or greater');
  const dryRun = dryRunOf(context);
  const waits = flags.duration('timeout') > 0 && dryRun === 'none';
  context.needs(waits ? 'stay' : 'write');
  const { infos, errors } = await findInfos(context);
  if (flags.string('resource-version') !== '' && infos.length > 1) throw new CliError(`cannot use --resource-version with multiple resources`);
  if (infos.length === 0 && errors.length === 0) throw new CliError('no objects passed to scale');
  const printer = await resultPrinter(context, dryRun);
  // As kubectl does: what cannot be found leaves the others, what cannot be scaled ends it.
  for (const info of infos) {
    if (dryRun !== 'client') await set(context, info, replicas, dryRun);
    if (dryRun === 'none') await recordAfter(context, infoPath(info));
    if (waits) await settled(context, info, replicas);
    printer.print({ ...info.object, spec: { ...info.object.spec, replicas } }, 'scaled');
  }
  return tell(context, errors);
}

async function set(context: Context, info: Info, replicas: number, dryRun: DryRun): Promise<void> {
  const { flags } = context;
  const rest = await context.rest();
  const path = infoPath(info, 'scale');
  const query = dryRun === 'server' ? { dryRun: 'All' } : {};
  const [current, version] = [flags.int('current-replicas'), flags.string('resource-version')];
  if (current < 0 && version === '') {
    await rest.object('PATCH', path, { contentType: 'application/merge-patch+json', query, body: { spec: { replicas } } });
    return;
  }
  for (let tries = 1; ; tries++) {
    const now: any = await rest.object('GET', path);
    if (current >= 0 && (now.spec.replicas ?? 0) !== current) throw new CliError(`Expected replicas to be ${current}, was ${now.spec.replicas ?? 0}`);
    if (version !== '' && now.metadata.resourceVersion !== version)
      throw new CliError(`Expected resource version to be ${version}, was ${now.metadata.resourceVersion}`);
    try {
      await rest.object('PUT', path, { query, body: { ...now, spec: { ...now.spec, replicas } } });
      return;
    } catch (error) {
      if (!isConflict(error) || tries >= TRIES_MAX || version !== '') throw error;
    }
  }
}

async function settled(context: Context, info: Info, replicas: number): Promise<void> {
  const deadlineMs = context.clock.now() + context.flags.duration('timeout');
  const met = await watchUntil(context, info, {
    deadlineMs,
    check: (object) =>
      object !== undefined &&
      (object.status?.observedGeneration ?? object.metadata.generation) >= object.metadata.generation &&
      (object.status?.replicas ?? 0) === replicas,
  });
  if (!met) throw new CliError(`timed out waiting for ${JSON.stringify(plainName(info).split('/')[1])} to be synced`);
}
