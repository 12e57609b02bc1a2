/** edit: objects of the server in the user's editor; what changed is sent as a patch. */
import { createMergePatch, createTwoWayMergePatch } from '../../apimachinery/patch/index.js';
import { isInvalid, isNotFound, isStatusError, type StatusError } from '../../apimachinery/status.js';
import { CliError, Exit, type Command } from '../command.js';
import type { Context } from '../context.js';
import type { Flag } from '../flags.js';
import { findInfos, infoPath } from '../infos.js';
import { withLastApplied } from '../lastapplied.js';
import type { Info } from '../manifests.js';
import { toCompactJson } from '../printers/compact.js';
import { checkForm, strip } from '../printers/printer.js';
import { shapeOf } from '../shapes.js';
import { FILENAME_FLAGS, VALIDATE_FLAG } from '../sharedflags.js';
import { fieldManagerFlag, recorded, RECORD_FLAG, resultPrinter, tell, validationOf, WRITE_OUTPUT_FLAGS, writeQuery } from '../writing.js';
import { SAVE_CONFIG_FLAG } from './create/generate.js';
import { edit as throughEditor, firstOf, shownName } from './edit/editor.js';

export const EDIT_FLAGS: readonly Flag[] = [
  ...WRITE_OUTPUT_FLAGS,
  ...FILENAME_FLAGS,
  VALIDATE_FLAG,
  { name: 'windows-line-endings', type: 'bool', description: 'Defaults to the line ending native to your platform.' },
];

export const edit: Command = {
  name: 'edit',
  summary: 'Edit a resource on the server',
  about:
    "Edit a resource from the default editor.\n\nThe edit command allows you to directly edit any API resource you can retrieve via the command-line tools. It will open the editor defined by your KUBE_EDITOR, or EDITOR environment variables, or fall back to 'vi' for Linux.",
  usage: '(RESOURCE/NAME | -f FILENAME) [options]',
  examples: [
    { does: "Edit the service named 'registry'", command: 'edit svc/registry' },
    { does: "Edit the 'status' subresource for the 'mydeployment' deployment", command: "edit deployment mydeployment --subresource='status'" },
  ],
  flags: [
    ...EDIT_FLAGS,
    SAVE_CONFIG_FLAG,
    fieldManagerFlag('kubectl-edit'),
    RECORD_FLAG,
    { name: 'output-patch', type: 'bool', description: 'Output the patch if the resource is edited.' },
    { name: 'subresource', type: 'string', description: 'If specified, edit will operate on the subresource of the requested object.' },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  context.needs('write');
  const form = flags.string('output');
  if (form !== '') checkForm(form, ['json', 'kyaml', 'yaml']);
  // As kubectl does: a type alone means every object of it.
  const found = await findInfos(context, { latest: true, everything: true });
  if (found.errors.length > 0) return tell(context, found.errors);
  if (found.infos.length === 0) throw new CliError('edit cancelled, no objects found');
  const fieldValidation = validationOf(context);
  const subresource = flags.string('subresource');
  const rest = await context.rest();
  const infos: Info[] = [];
  for (const info of found.infos) infos.push(subresource === '' ? info : { ...info, object: await rest.object('GET', infoPath(info, subresource)) });
  const objects = infos.map(({ object }) => strip(object, { showManagedFields: flags.bool('show-managed-fields') }));
  const asForm = flags.string('output') === 'json' || flags.string('output') === 'yaml';
  const printer = asForm ? undefined : await resultPrinter(context);
  await throughEditor(context, {
    objects,
    first: firstOf(infos),
    async accept(edited, path) {
      const unknown = await unknownAmong(context, edited);
      if (unknown !== undefined) return [`The edited file had a syntax error: ${unknown}`];
      const reasons: string[] = [];
      let [isAgain, isGone] = [false, false];
      for (const [at, info] of infos.entries()) {
        const after = edited.find(
          (one) => one?.metadata?.name === info.object.metadata.name && one?.kind === info.object.kind && one?.apiVersion === info.object.apiVersion,
        );
        if (after === undefined) throw new CliError('At least one of apiVersion, kind and name was changed');
        try {
          const sent = await send(context, info, objects[at], recorded(context, flags.bool('save-config') ? withLastApplied(after) : after), {
            fieldValidation,
            subresource,
          });
          if (sent === undefined) context.out(`${plain(info)} skipped\n`);
          else if (printer === undefined) context.out(`${plain(info)} edited\n`);
          else printer.print(sent, 'edited');
        } catch (error) {
          if (!isStatusError(error)) throw error;
          if (isInvalid(error)) reasons.push(...reasonsOf(context, info, error));
          else if (isNotFound(error)) isGone = tellOf(context, `${shownName(info)} could not be found on the server`);
          else isAgain = tellOf(context, `${shownName(info)} could not be patched: ${error.message}`);
        }
      }
      if (isAgain) context.err(`You can run \`${context.host.program} replace -f ${path}\` to try this update again.\n`);
      else if (isGone) context.err(`The edits you made on deleted resources have been saved to ${JSON.stringify(path)}\n`);
      if (isAgain || isGone) throw new Exit(1);
      return reasons;
    },
  });
}

function tellOf(context: Context, text: string): true {
  context.err(`error: ${text}\n`);
  return true;
}

/** What stands at the head of the file when it is opened again. */
function reasonsOf(context: Context, info: Info, { status }: StatusError): string[] {
  context.err(`error: ${shownName(info)} is invalid\n`);
  const causes = status.details?.causes ?? [];
  return [`${shownName(info)} was not valid${causes.length > 0 ? ':' : ''}`, ...causes.map(({ field, message }) => `* ${field}: ${message}`)];
}

/** Why the first object cannot be one of this server's; undefined where all can. */
async function unknownAmong(context: Context, objects: readonly any[]): Promise<string | undefined> {
  const discovery = await context.discovery();
  for (const { apiVersion, kind } of objects) {
    if ((await discovery.findKind(apiVersion, kind)) === undefined)
      return `no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`;
  }
  return undefined;
}

const plain = ({ object }: Info): string =>
  `${object.kind.toLowerCase()}${object.apiVersion.includes('/') ? `.${object.apiVersion.split('/')[0]}` : ''}/${object.metadata.name}`;

/** undefined: nothing had changed. */
export async function send(
  context: Context,
  info: Info,
  before: any,
  after: any,
  { fieldValidation, subresource = '' }: { fieldValidation?: string; subresource?: string } = {},
): Promise<any> {
  const shape = subresource === '' ? await shapeOf(info.resource!) : undefined;
  const patch = shape === undefined ? createMergePatch(before, after) : createTwoWayMergePatch(before, after, shape);
  if (Object.keys(patch).length === 0) return undefined;
  if (context.flags.has('output-patch') && context.flags.bool('output-patch')) context.out(`Patch: ${toCompactJson(patch)}\n`);
  const contentType = shape === undefined ? 'application/merge-patch+json' : 'application/strategic-merge-patch+json';
  return (await context.rest()).object('PATCH', infoPath(info, subresource), {
    contentType,
    query: writeQuery(context, 'none', fieldValidation === undefined ? {} : { fieldValidation }),
    body: patch,
  });
}
