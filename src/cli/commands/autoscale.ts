/** autoscale: a HorizontalPodAutoscaler for a workload. */
import { isNotFound } from '../../apimachinery/status.js';
import { canonicalQuantity } from '../../apimachinery/quantity.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { findInfos, infoPath } from '../infos.js';
import type { Info } from '../manifests.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS } from '../sharedflags.js';
import { dryRunOf, fieldManagerFlag, recorded, RECORD_FLAG, requireFlags, resultPrinter, tell, WRITE_OUTPUT_FLAGS, writeQuery } from '../writing.js';
import { configured, SAVE_CONFIG_FLAG } from './create/generate.js';

const SCALERS = { group: 'autoscaling', version: 'v2', name: 'horizontalpodautoscalers', namespaced: true };

export const autoscale: Command = {
  name: 'autoscale',
  summary: 'Auto-scale a deployment, replica set, stateful set, or replication controller',
  about: 'Creates an autoscaler that automatically chooses and sets the number of pods that run in a Kubernetes cluster.',
  usage: '(-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY] [options]',
  examples: [
    {
      does: 'Auto scale a deployment "foo", with the number of pods between 2 and 10, targeting the CPU utilization at 50%',
      command: 'autoscale deployment foo --min=2 --max=10 --cpu=50%',
    },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN_FLAG,
    SAVE_CONFIG_FLAG,
    RECORD_FLAG,
    fieldManagerFlag('kubectl-autoscale'),
    {
      name: 'cpu',
      type: 'string',
      description:
        'Target CPU utilization over all the pods. When specified as a percentage (e.g."70%" for 70% of requested CPU) it will target average utilization. When specified as quantity (e.g."500m" for 500 milliCPU) it will target average value.',
    },
    {
      name: 'cpu-percent',
      type: 'int32',
      hidden: true,
      default: '-1',
      description:
        "The target average CPU utilization (represented as a percent of requested CPU) over all the pods. If it's not specified or negative, a default autoscaling policy will be used.",
      deprecated: "Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).",
    },
    { name: 'max', type: 'int32', default: '-1', description: 'The upper limit for the number of pods that can be set by the autoscaler. Required.' },
    { name: 'memory', type: 'string', description: 'Target memory utilization over all the pods.' },
    {
      name: 'min',
      type: 'int32',
      default: '-1',
      description:
        "The lower limit for the number of pods that can be set by the autoscaler. If it's not specified or negative, the server will apply a default value.",
    },
    { name: 'name', type: 'string', description: 'The name for the newly created object. If not specified, the name of the input resource will be used.' },
  ],
  run,
};

const SCALER_TYPES = ['autoscaling/v2', 'autoscaling/v1'].map((apiVersion) => ({ apiVersion, kind: 'HorizontalPodAutoscaler' }));

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  requireFlags(context, 'max');
  const [min, max] = [flags.int('min'), flags.int('max')];
  if (max < 1) throw new CliError(`--max=MAXPODS is required and must be at least 1, max: ${max}`);
  if (max < min) throw new CliError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${max}, min: ${min}`);
  if (flags.int('cpu-percent') > 0 && flags.string('cpu') !== '') throw new CliError('--cpu-percent and --cpu are mutually exclusive');
  const metrics = metricsOf(context);
  context.needs('write');
  const dryRun = dryRunOf(context);
  const { infos, errors } = await findInfos(context);
  const printer = await resultPrinter(context, dryRun, { typed: SCALER_TYPES, anew: true });
  for (const info of infos) {
    try {
      await requireScale(context, info);
      const object = await scalerFor(context, info, metrics);
      const noted = recorded(context, object);
      if (dryRun === 'client') printer.print(noted, 'created');
      else printer.print(await send(context, info, flags.bool('save-config') ? await configured(SCALERS, noted) : noted, dryRun), 'autoscaled');
    } catch (error) {
      errors.push(error);
    }
  }
  return tell(context, errors);
}

async function send(context: Context, info: Info, body: any, dryRun: 'none' | 'server'): Promise<any> {
  try {
    return await (await context.rest()).object('POST', pathOf(SCALERS, { namespace: info.namespace }), { query: writeQuery(context, dryRun), body });
  } catch (error) {
    // kubectl then tries the older version, which cannot say what this object says; its last word is the one it prints.
    const why = 'failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: ';
    const { flags } = context;
    if (flags.string('cpu').trim() === '') throw new CliError(`${why}empty input`);
    const plain = flags.string('memory') === '' && flags.string('cpu').trim().endsWith('%');
    throw plain ? error : new CliError(`${why}%!w(<nil>)`);
  }
}

async function requireScale(context: Context, info: Info): Promise<void> {
  const { resource, object } = info;
  if (resource!.subresources.some(({ name }) => name === 'scale')) return;
  const served = await (await context.rest()).object('GET', infoPath(info, 'scale')).then(
    () => true,
    (error: unknown) => !isNotFound(error) && false,
  );
  if (served) return;
  throw new CliError(
    `cannot autoscale a ${object.kind}: could not find scale subresource for ${resource!.group}/${resource!.version}, Resource=${resource!.name} in discovery information`,
  );
}

async function scalerFor(context: Context, { object, name, namespace }: Info, metrics: object[]): Promise<any> {
  const { flags } = context;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: flags.string('name') || name, ...(context.namespaceGiven ? { namespace } : {}) },
    spec: {
      maxReplicas: flags.int('max'),
      ...(metrics.length > 0 ? { metrics } : {}),
      ...(flags.int('min') > 0 ? { minReplicas: flags.int('min') } : {}),
      scaleTargetRef: { apiVersion: object.apiVersion, kind: object.kind, name },
    },
    status: { currentMetrics: null, desiredReplicas: 0 },
  };
}

function metricsOf({ flags }: Context): object[] {
  const metrics: object[] = [];
  if (flags.int('cpu-percent') > 0) metrics.push(metric('cpu', `${flags.int('cpu-percent')}%`));
  if (flags.string('cpu') !== '') metrics.push(metric('cpu', flags.string('cpu')));
  if (flags.string('memory') !== '') metrics.push(metric('memory', flags.string('memory')));
  return metrics;
}

function metric(name: string, given: string): object {
  const text = given.trim();
  if (text.endsWith('%')) {
    const percent = text.slice(0, -1);
    if (!/^\+?\d+$/.test(percent)) throw new CliError(`invalid percentage value: ${percent}`);
    return { type: 'Resource', resource: { name, target: { type: 'Utilization', averageUtilization: Number(percent) } } };
  }
  return { type: 'Resource', resource: { name, target: { type: 'AverageValue', averageValue: quantityOf(name, text) } } };
}

/** A bare number counts thousandths of a CPU, or mebibytes. */
function quantityOf(name: string, text: string): string {
  const given = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text) ? `${Number(text)}${name === 'cpu' ? 'm' : 'Mi'}` : text;
  try {
    return canonicalQuantity(given);
  } catch {
    throw new CliError(`invalid resource ${name} value: ${text}`);
  }
}
