/** patch: changes fields of objects by a strategic merge, a JSON merge or a JSON patch. */
import { applyMergePatch, applyStrategicMergePatch } from '../../apimachinery/patch/index.js';
import { parseYaml } from '../../apimachinery/yaml.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { findInfos, infoPath } from '../infos.js';
import type { Info } from '../manifests.js';
import { toCompactJson } from '../printers/compact.js';
import { shapeOf } from '../shapes.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS } from '../sharedflags.js';
import { dryRunOf, recordAfter, RECORD_FLAG, fieldManagerFlag, resultPrinter, tell, WRITE_OUTPUT_FLAGS, writeQuery, type DryRun } from '../writing.js';
import { applyJsonPatch } from './patch/jsonpatch.js';

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

export const patch: Command = {
  name: 'patch',
  summary: 'Update fields of a resource',
  about: 'Update fields of a resource using strategic merge patch, a JSON merge patch, or a JSON patch.\n\nJSON and YAML formats are accepted.',
  usage: '(-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE] [options]',
  examples: [
    {
      does: 'Partially update a node using a strategic merge patch, specifying the patch as JSON',
      command: 'patch node k8s-node-1 -p \'{"spec":{"unschedulable":true}}\'',
    },
    {
      does: "Update a container's image using a JSON patch with positional arrays",
      command: 'patch pod valid-pod --type=\'json\' -p=\'[{"op": "replace", "path": "/spec/containers/0/image", "value":"new image"}]\'',
    },
    {
      does: "Update a deployment's replicas through the 'scale' subresource using a merge patch",
      command: "patch deployment nginx-deployment --subresource='scale' --type='merge' -p '{\"spec\":{\"replicas\":2}}'",
    },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS,
    DRY_RUN_FLAG,
    RECORD_FLAG,
    fieldManagerFlag('kubectl-patch'),
    { name: 'local', type: 'bool', description: 'If true, patch will operate on the content of the file, not the server-side resource.' },
    { name: 'patch', short: 'p', type: 'string', description: 'The patch to be applied to the resource JSON file.' },
    { name: 'patch-file', type: 'string', description: 'A file containing a patch to be applied to the resource.' },
    { name: 'subresource', type: 'string', description: 'If specified, patch will operate on the subresource of the requested object.' },
    { name: 'type', type: 'string', default: "'strategic'", description: 'The type of patch being provided; one of [json merge strategic]' },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  const dryRun = check(context);
  const text = flags.string('patch-file') === '' ? flags.string('patch') : patchFile(context);
  const body = asJson(text);
  context.needs('write');
  const local = flags.bool('local');
  const { infos, errors } = await findInfos(context, { local, latest: true });
  if (infos.length === 0 && errors.length === 0) throw new CliError('no objects passed to patch');
  const printer = await resultPrinter(context, 'none', { anew: true });
  const subresource = flags.string('subresource');
  for (const found of infos) {
    try {
      const info = local || subresource === '' ? found : { ...found, object: await (await context.rest()).object('GET', infoPath(found, subresource)) };
      const patched = local || dryRun === 'client' ? await patchedHere(context, info, body) : await send(context, info, body, dryRun);
      if (!local && dryRun === 'none') await recordAfter(context, infoPath(info));
      printer.print(patched, toCompactJson(patched) === toCompactJson(info.object) ? 'patched (no change)' : 'patched');
    } catch (error) {
      errors.push(error);
    }
  }
  return tell(context, errors);
}

function check(context: Context): DryRun {
  const { flags } = context;
  const dryRun = dryRunOf(context);
  if (flags.string('patch') !== '' && flags.string('patch-file') !== '') throw new CliError('cannot specify --patch and --patch-file together');
  if (flags.string('patch') === '' && flags.string('patch-file') === '')
    throw new CliError('must specify --patch or --patch-file containing the contents of the patch');
  if (flags.bool('local') && context.args.length > 0) throw new CliError('cannot specify --local and server resources');
  if (flags.bool('local') && dryRun === 'server') throw new CliError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  const type = flags.string('type').toLowerCase();
  if (CONTENT_TYPES[type] === undefined) throw new CliError(`--type must be one of [${Object.keys(CONTENT_TYPES).join(' ')}], not ${JSON.stringify(type)}`);
  return dryRun;
}

function patchFile({ flags, host }: Context): string {
  try {
    return host.readFile(flags.string('patch-file')).toString('utf8');
  } catch (error) {
    throw new CliError(`unable to read patch file: ${(error as Error).message}`);
  }
}

/** What looks like JSON goes as it is, so that the server tells what is wrong with it; YAML is read here. */
function asJson(text: string): string {
  if (/^\s*\{/.test(text)) return text;
  try {
    return JSON.stringify(parseYaml(text));
  } catch (error) {
    throw new CliError(`unable to parse ${JSON.stringify(text)}: ${(error as Error).message}`);
  }
}

async function send(context: Context, info: Info, body: string, dryRun: DryRun): Promise<any> {
  const { flags } = context;
  const contentType = CONTENT_TYPES[flags.string('type').toLowerCase()]!;
  return (await context.rest()).object('PATCH', infoPath(info, flags.string('subresource')), {
    contentType,
    query: writeQuery(context, dryRun),
    body: Buffer.from(body),
  });
}

/** kubectl has words of its own for one of the library's errors. */
function patchedByOperations(object: any, operations: any): any {
  try {
    return applyJsonPatch(object, operations);
  } catch (error) {
    const missing = error instanceof CliError ? /doc is missing key: (.*)$/.exec(error.message)?.[1] : undefined;
    throw missing === undefined ? error : new CliError(`Object to be patched is missing field (${missing})`);
  }
}

async function patchedHere(context: Context, info: Info, body: string): Promise<any> {
  const type = context.flags.string('type').toLowerCase();
  const value = parseYaml(body);
  if (type === 'json') return patchedByOperations(info.object, value);
  if (type === 'merge') return applyMergePatch(info.object, value);
  const [group, version] = info.object.apiVersion.includes('/') ? info.object.apiVersion.split('/') : ['', info.object.apiVersion];
  const { KINDS } = await import('../../api/kinds.js');
  const kind = KINDS.find((one) => one.group === group && one.version === version && one.kind === info.object.kind);
  const shape = kind === undefined ? undefined : await shapeOf({ group, version, name: kind.plural });
  if (shape === undefined) throw new CliError('strategic merge patch is not supported for the given object type');
  return applyStrategicMergePatch(info.object, value, shape);
}
