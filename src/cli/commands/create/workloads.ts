/** create deployment, job and cronjob. */
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { findInfos } from '../../infos.js';
import { nameSuffix } from '../../suffix.js';
import { requireFlags } from '../../writing.js';
import { createGenerated, GENERATE_FLAGS, grouped, nameBeforeDash } from './generate.js';

export const deployment: Command = {
  name: 'deployment',
  aliases: ['deploy'],
  summary: 'Create a deployment with the specified name',
  usage: 'NAME --image=image -- [COMMAND] [args...] [options]',
  examples: [
    { does: 'Create a deployment named my-dep that runs the busybox image', command: 'create deployment my-dep --image=busybox' },
    { does: 'Create a deployment named my-dep that runs the nginx image with 3 replicas', command: 'create deployment my-dep --image=nginx --replicas=3' },
  ],
  flags: [
    ...GENERATE_FLAGS,
    { name: 'image', type: 'stringSlice', description: 'Image names to run. A deployment can have multiple images set for multi-container pod.' },
    { name: 'port', type: 'int32', default: '-1', description: 'The containerPort that this deployment exposes.' },
    { name: 'replicas', short: 'r', type: 'int32', default: '1', description: 'Number of replicas to create. Default is 1.' },
  ],
  async run(context) {
    const { flags } = context;
    requireFlags(context, 'image');
    const { name, command } = nameBeforeDash(context);
    const images = flags.list('image');
    if (images.length > 1 && command.length > 0) throw new CliError('cannot specify multiple --image options and command');
    const port = flags.int('port');
    const containers = images.map((image, at) => ({
      name: containerName(context, image),
      image,
      resources: {},
      ...(command.length > 0 ? { command } : {}),
      ...(at === 0 && port >= 0 && flags.changed('port') ? { ports: [{ containerPort: port }] } : {}),
    }));
    const labels = { app: name };
    const object = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, labels },
      spec: { replicas: flags.int('replicas'), selector: { matchLabels: labels }, strategy: {}, template: { metadata: { labels }, spec: { containers } } },
      status: {},
    };
    await createGenerated(context, { resource: grouped('apps', 'v1', 'deployments'), object, failed: 'failed to create deployment: ' });
  },
};

/** The last part of an image's name, without tag and digest. */
function containerName(context: Context, image: string): string {
  const name = image.split('/').at(-1)!.split(':')[0]!.split('@')[0]!;
  if (!/[_.]/.test(name)) return name;
  // As kubectl: a name that had to be changed gets an ending of its own.
  return `${name.replace(/[_.]/g, '-')}-${nameSuffix(context, image)}`;
}

const pod = (name: string, image: string, command: readonly string[], restartPolicy: string): object => ({
  metadata: {},
  spec: { containers: [{ name, image, resources: {}, ...(command.length > 0 ? { command } : {}) }], restartPolicy },
});

export const job: Command = {
  name: 'job',
  summary: 'Create a job with the specified name',
  usage: 'NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...] [options]',
  flags: [
    ...GENERATE_FLAGS,
    { name: 'image', type: 'string', description: 'Image name to run.' },
    { name: `from`, type: 'string', description: 'The name of the resource to create a Job from (only cronjob is supported).' },
  ],
  async run(context) {
    const { flags } = context;
    const { name, command } = nameBeforeDash(context);
    const [image, from] = [flags.string('image'), flags.string(`from`)];
    if ((image === '') === (from === '')) throw new CliError('either --image or --from must be specified');
    if (command.length > 0 && from !== '') throw new CliError('cannot specify --from and command');
    context.needs('write');
    const object =
      from === ''
        ? { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { template: pod(name, image, command, 'Never') }, status: {} }
        : await jobOf(context, name, from);
    await createGenerated(context, { resource: grouped('batch', 'v1', 'jobs'), object, failed: 'failed to create job: ' });
  },
};

/** A job as its cron job would start it, by hand. */
async function jobOf(context: Context, name: string, from: string): Promise<object> {
  const { infos, errors } = await findInfos(context, { args: [from] });
  if (errors.length > 0) throw errors[0];
  if (infos.length !== 1) throw new CliError('from must be an existing cronjob');
  const cron = infos[0]!.object;
  if (cron.kind !== 'CronJob') throw new CliError(`unknown object type *v1.${cron.kind}`);
  const { metadata = {}, spec } = cron.spec.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...metadata.annotations },
      ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cron.metadata.name, uid: cron.metadata.uid, controller: true }],
    },
    spec,
    status: {},
  };
}

export const cronjob: Command = {
  name: 'cronjob',
  aliases: ['cj'],
  summary: 'Create a cron job with the specified name',
  usage: "NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags] [options]",
  flags: [
    ...GENERATE_FLAGS,
    { name: 'image', type: 'string', description: 'Image name to run.' },
    { name: 'restart', type: 'string', description: "job's restart policy. supported values: OnFailure, Never" },
    { name: 'schedule', type: 'string', description: 'A schedule in the Cron format the job should be run with.' },
  ],
  async run(context) {
    const { flags } = context;
    requireFlags(context, 'image', 'schedule');
    const { name, command } = nameBeforeDash(context);
    const restart = flags.string('restart') === '' ? 'OnFailure' : flags.string('restart');
    const object = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name },
      spec: { schedule: flags.string('schedule'), jobTemplate: { metadata: { name }, spec: { template: pod(name, flags.string('image'), command, restart) } } },
      status: {},
    };
    await createGenerated(context, { resource: grouped('batch', 'v1', 'cronjobs'), object, failed: 'failed to create cronjob: ' });
  },
};
