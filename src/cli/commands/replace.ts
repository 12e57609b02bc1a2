/** replace: puts whole objects in the place of those that are there; with --force, new ones. */
import { isNotFound } from '../../apimachinery/status.js';
import { CliError, type Command } from '../command.js';
import { sendRaw } from '../raw.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { infoPath, withSource } from '../infos.js';
import { LAST_APPLIED, withLastApplied } from '../lastapplied.js';
import { readManifests, requireFiles, type Info } from '../manifests.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS, VALIDATE_FLAG } from '../sharedflags.js';
import { checkOptions, dryRunOf, fieldManagerFlag, resultPrinter, tell, usage, validationOf, WRITE_OUTPUT_FLAGS, writeQuery } from '../writing.js';
import { SAVE_CONFIG_FLAG } from './create/generate.js';
import { CASCADE, CASCADE_FLAG, cascadeOf } from './delete/cascade.js';
import { deadlineOf, waitGone } from './delete/waiting.js';

export const replace: Command = {
  name: 'replace',
  summary: 'Replace a resource by file name or stdin',
  about:
    'Replace a resource by file name or stdin.\n\nJSON and YAML formats are accepted. If replacing an existing resource, the complete resource spec must be provided.',
  usage: '-f FILENAME [options]',
  examples: [
    { does: 'Replace a pod using the data in pod.json', command: 'replace -f ./pod.json' },
    { does: 'Force replace, delete and then re-create the resource', command: 'replace --force -f ./pod.json' },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    SAVE_CONFIG_FLAG,
    CASCADE_FLAG,
    fieldManagerFlag('kubectl-replace'),
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
    { name: 'raw', type: 'string', description: 'Raw URI to PUT to the server.  Uses the transport specified by the kubeconfig file.' },
    { name: 'subresource', type: 'string', description: 'If specified, replace will operate on the subresource of the requested object.' },
    {
      name: 'timeout',
      type: 'duration',
      default: '0s',
      description: 'The length of time to wait before giving up on a delete, zero means determine a timeout from the size of the object',
    },
    { name: 'wait', type: 'bool', description: 'If true, wait for resources to be gone before returning. This waits for finalizers.' },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  checkOptions(context);
  cascadeOf(context);
  requireFiles(context);
  if (flags.string('raw') !== '') {
    context.needs('write');
    return sendRaw(context, 'PUT');
  }
  if (context.args.length > 0) throw usage(context, `Unexpected args: [${context.args.join(' ')}]`);
  const dryRun = dryRunOf(context);
  const fieldValidation = validationOf(context);
  if (flags.int('grace-period') >= 0 && !flags.bool('force')) throw new CliError('--grace-period must have --force specified');
  if (flags.duration('timeout') !== 0 && !flags.bool('force')) throw new CliError('--timeout must have --force specified');
  if (flags.bool('force') && dryRun !== 'none') throw new CliError('--dry-run can not be used when --force is set');
  context.needs(flags.bool('force') ? 'stay' : 'write');
  const printer = await resultPrinter(context, dryRun);
  const { infos, errors } = await readManifests(context, { validate: fieldValidation !== 'Ignore' });
  const rest = await context.rest();
  const query = writeQuery(context, dryRun, { fieldValidation });
  if (flags.bool('force')) await removeAll(context, infos);
  for (const info of infos) {
    try {
      const body = await configured(context, info);
      if (dryRun === 'client') printer.print(body, 'replaced');
      else if (flags.bool('force'))
        printer.print(await rest.object('POST', pathOf(info.resource!, { namespace: info.namespace }), { query, body }), 'replaced');
      else printer.print(await rest.object('PUT', infoPath(info, flags.string('subresource')), { query, body }), 'replaced');
    } catch (error) {
      errors.push(flags.bool('force') ? error : withSource('replacing', info.source, error));
    }
  }
  return tell(context, errors);
}

/** The annotation of apply is kept true where it is, and made with --save-config. */
async function configured(context: Context, info: Info): Promise<any> {
  if (context.flags.bool('save-config') || info.object.metadata?.annotations?.[LAST_APPLIED] !== undefined) return withLastApplied(info.object);
  return info.object;
}

async function removeAll(context: Context, infos: readonly Info[]): Promise<void> {
  const { flags } = context;
  const rest = await context.rest();
  const grace = flags.int('grace-period') < 0 ? 0 : flags.int('grace-period');
  const body = { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: grace, propagationPolicy: CASCADE[cascadeOf(context)] };
  for (const info of infos) {
    const live: any = await rest.object('GET', infoPath(info)).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (live === undefined) continue;
    await rest.object('DELETE', infoPath(info), { body });
    context.out(
      `${info.object.kind.toLowerCase()}${info.resource!.group === '' ? '' : `.${info.resource!.group}`} ${JSON.stringify(info.name)} deleted${info.namespace === undefined ? '' : ` from ${info.namespace} namespace`}\n`,
    );
    await waitGone(context, info, live.metadata.uid, deadlineOf(context, flags.duration('timeout')));
  }
}
