/** create: makes the objects of files, and of the generators below it. */
import { CliError, type Command } from '../command.js';
import { sendRaw } from '../raw.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { withSource } from '../infos.js';
import { withLastApplied } from '../lastapplied.js';
import { readManifests, requireFiles } from '../manifests.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS, SELECTOR_FLAG, VALIDATE_FLAG } from '../sharedflags.js';
import { dryRunOf, fieldManagerFlag, recorded, RECORD_FLAG, resultPrinter, tell, usage, validationOf, WRITE_OUTPUT_FLAGS, writeQuery } from '../writing.js';
import { SAVE_CONFIG_FLAG } from './create/generate.js';

const SUMMARIES = {
  clusterrole: 'Create a cluster role',
  clusterrolebinding: 'Create a cluster role binding for a particular cluster role',
  configmap: 'Create a config map from a local file, directory or literal value',
  cronjob: 'Create a cron job with the specified name',
  deployment: 'Create a deployment with the specified name',
  ingress: 'Create an ingress with the specified name',
  job: 'Create a job with the specified name',
  namespace: 'Create a namespace with the specified name',
  poddisruptionbudget: 'Create a pod disruption budget with the specified name',
  priorityclass: 'Create a priority class with the specified name',
  quota: 'Create a quota with the specified name',
  role: 'Create a role with single rule',
  rolebinding: 'Create a role binding for a particular role or cluster role',
  secret: 'Create a secret using a specified subcommand',
  service: 'Create a service using a specified subcommand',
  serviceaccount: 'Create a service account with the specified name',
  token: 'Request a service account token',
};

const rbac = () => import('./create/rbac.js');
const workloads = () => import('./create/workloads.js');
const policies = () => import('./create/policies.js');
const configmap = async (): Promise<Command> => (await import('./create/configmap.js')).configmap;
const service = async (): Promise<Command> => (await import('./create/service.js')).service;
const cronjob = async (): Promise<Command> => (await workloads()).cronjob;
const deployment = async (): Promise<Command> => (await workloads()).deployment;
const ingress = async (): Promise<Command> => (await import('./create/ingress.js')).ingress;
const namespace = async (): Promise<Command> => (await policies()).namespace;
const budget = async (): Promise<Command> => (await policies()).poddisruptionbudget;
const priority = async (): Promise<Command> => (await policies()).priorityclass;
const quota = async (): Promise<Command> => (await policies()).quota;
const account = async (): Promise<Command> => (await policies()).serviceaccount;

export const create: Command = {
  name: 'create',
  summary: 'Create a resource from a file or from stdin',
  about: 'Create a resource from a file or from stdin.\n\nJSON and YAML formats are accepted.',
  usage: '-f FILENAME [options]',
  examples: [
    { does: 'Create a pod using the data in pod.json', command: 'create -f ./pod.json' },
    { does: 'Create a pod based on the JSON passed into stdin', command: 'create -f -' },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    SAVE_CONFIG_FLAG,
    RECORD_FLAG,
    fieldManagerFlag('kubectl-create'),
    { name: 'edit', type: 'bool', description: 'Edit the API resource before creating' },
    { name: 'raw', type: 'string', description: 'Raw URI to POST to the server.  Uses the transport specified by the kubeconfig file.' },
    { name: 'windows-line-endings', type: 'bool', description: 'Only relevant if --edit=true. Defaults to the line ending native to your platform.' },
  ],
  subcommands: {
    clusterrole: async () => (await rbac()).clusterrole,
    clusterrolebinding: async () => (await rbac()).clusterrolebinding,
    configmap,
    cm: configmap,
    cronjob,
    cj: cronjob,
    deployment,
    deploy: deployment,
    ingress,
    ing: ingress,
    job: async () => (await workloads()).job,
    namespace,
    ns: namespace,
    poddisruptionbudget: budget,
    pdb: budget,
    priorityclass: priority,
    pc: priority,
    quota,
    resourcequota: quota,
    role: async () => (await rbac()).role,
    rolebinding: async () => (await rbac()).rolebinding,
    secret: async () => (await import('./create/secret.js')).secret,
    service,
    svc: service,
    serviceaccount: account,
    sa: account,
    token: async () => (await import('./create/token.js')).token,
  },
  subcommandSummaries: SUMMARIES,
  run,
};

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  context.needs('write');
  if (context.args.length > 0) throw usage(context, `Unexpected args: [${context.args.join(' ')}]`);
  const dryRun = dryRunOf(context);
  const fieldValidation = validationOf(context);
  const printer = await resultPrinter(context, dryRun);
  requireFiles(context);
  if (flags.string('raw') !== '') return raw(context);
  if (flags.bool('edit')) return (await import('./edit/editor.js')).editAndCreate(context);
  const rest = await context.rest();
  const { infos, errors } = await readManifests(context, { validate: fieldValidation !== 'Ignore' });
  if (infos.length === 0 && errors.length === 0) throw new CliError('no objects passed to create');
  for (const info of infos) {
    const sent = recorded(context, flags.bool('save-config') ? withLastApplied(info.object) : info.object);
    try {
      const made =
        dryRun === 'client'
          ? sent
          : await rest.object('POST', pathOf(info.resource!, { namespace: info.namespace }), {
              query: writeQuery(context, dryRun, { fieldValidation }),
              body: unversioned(sent),
            });
      printer.print(made, 'created');
    } catch (error) {
      errors.push(withSource('creating', info.source, error));
    }
  }
  return tell(context, errors);
}

/** As kubectl does: what is made has no version yet, whatever its file says. */
function unversioned(object: any): any {
  if (object.metadata?.resourceVersion === undefined) return object;
  const { resourceVersion: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

async function raw(context: Context): Promise<void> {
  const { flags } = context;
  if (flags.bool('edit')) throw new CliError('--raw and --edit are mutually exclusive');
  await sendRaw(context, 'POST');
}
