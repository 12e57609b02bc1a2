/**
 * Objects through the user's editor: written to a file, edited, read again,
 * opened once more with what was wrong, until they are taken or nothing new
 * comes. Used by edit, create --edit and apply edit-last-applied.
 */
import { isStatusError } from '../../../apimachinery/status.js';
import { toYaml } from '../../../apimachinery/yaml.js';
import { yamlDocuments } from '../../../apimachinery/yamlread.js';
import { CliError, Exit } from '../../command.js';
import type { Context } from '../../context.js';
import { describeError } from '../../errors.js';
import { pathOf } from '../../discovery.js';
import { withLastApplied } from '../../lastapplied.js';
import { readManifests, type Info } from '../../manifests.js';
import { toPrettyJson } from '../../printers/json.js';
import { listOf } from '../../printers/printer.js';
import { resultPrinter, validationOf, writeQuery } from '../../writing.js';

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

/** apiVersion, kind or name are not what they were. */
export class Changed extends CliError {
  override name = 'Changed';
}

/** How often a file with errors is opened again at most. */
const OPENED_MAX = 100;

export interface Editing {
  /** What the user sees first. */
  objects: readonly any[];
  /** Takes the edited objects; throws what is wrong with them. */
  accept(objects: readonly any[]): Promise<void>;
}

/** Resolves when the edit was taken or given up without a change; throws when it was given up with errors. */
export async function edit(context: Context, { objects, accept }: Editing): Promise<void> {
  const { host, flags } = context;
  const asJson = flags.has('output') && flags.string('output') === 'json';
  const value = objects.length === 1 ? objects[0] : listOf(objects);
  const body = asJson ? `${toPrettyJson(value)}\n` : toYaml(value);
  const folder = host.temporaryFolder('kubectl-edit-');
  const path = `${folder}/kubectl-edit-${folder.slice(-6)}.${asJson ? 'json' : 'yaml'}`;
  const windows = flags.has('windows-line-endings') && flags.bool('windows-line-endings');
  let before = HEADER + body;
  let bodyBefore = body;
  let failed = false;
  for (let opened = 0; opened < OPENED_MAX; opened++) {
    host.writeFile(path, windows ? before.replaceAll('\n', '\r\n') : before, { mode: 0o600 });
    await openEditor(context, path);
    const after = withoutComments(host.readFile(path).toString('utf8').replaceAll('\r\n', '\n'), asJson);
    if (after.trim() === '') {
      host.remove(folder);
      context.err('Edit cancelled, saved file was empty.\n');
      return;
    }
    if (after === withoutComments(bodyBefore, asJson)) {
      if (!failed) {
        host.remove(folder);
        context.err('Edit cancelled, no changes made.\n');
        return;
      }
      throw kept(context, path, 'Edit cancelled, no valid changes were saved.');
    }
    try {
      await accept([...yamlDocuments(after)].flatMap((document) => (document?.kind === 'List' ? document.items : [document])));
      host.remove(folder);
      return;
    } catch (error) {
      if (error instanceof Exit) throw error;
      // What cannot be mended in this file ends it.
      if (error instanceof Changed) {
        context.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
        throw error;
      }
      failed = true;
      context.err(describeError(error));
      bodyBefore = after;
      before = HEADER + reasons(error) + after;
    }
  }
  throw kept(context, path, 'Edit cancelled, no valid changes were saved.');
}

function kept(context: Context, path: string, message: string): CliError {
  context.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
  return new CliError(message);
}

const withoutComments = (text: string, asJson: boolean): string => (asJson ? text.replace(/^(#.*\n)+/, '') : text.split('\n').filter((line) => !line.startsWith('#')).join('\n'));

function reasons(error: unknown): string {
  if (!isStatusError(error)) return `${(error as Error).message.split('\n').map((line) => `# ${line}\n`).join('')}#\n`;
  const { details, message } = error.status;
  const causes = details?.causes ?? [];
  const title = `# ${details?.kind ?? 'object'} ${JSON.stringify(details?.name ?? '')} was not valid:\n`;
  const lines = causes.length > 0 ? causes.map(({ field, message: why }) => `# * ${field}: ${why}\n`) : [`# * ${message}\n`];
  return `${title}${lines.join('')}#\n`;
}

/** A shell's own code. */
const NO_SUCH_PROGRAM = 127;

async function openEditor({ host }: Context, path: string): Promise<void> {
  const editor = host.env.KUBE_EDITOR || host.env.EDITOR || 'vi';
  const shell = host.env.SHELL || '/bin/bash';
  const quoted = `'${path.replaceAll("'", `'\\''`)}'`;
  const { code } = await host.spawn(shell, ['-c', `${editor} ${quoted}`]).catch(() => host.spawn('/bin/sh', ['-c', `${editor} ${quoted}`]));
  if (code === NO_SUCH_PROGRAM) throw new CliError(`unable to launch the editor ${JSON.stringify(editor)}`);
  if (code !== 0) throw new CliError(`there was a problem with the editor ${JSON.stringify(editor)}`);
}

/** create --edit: what the files say, edited, is made. */
export async function editAndCreate(context: Context): Promise<void> {
  const { flags } = context;
  const fieldValidation = validationOf(context);
  const printer = await resultPrinter(context);
  const { infos, errors } = await readManifests(context, { validate: fieldValidation !== 'Ignore' });
  if (errors.length > 0) throw errors[0];
  const rest = await context.rest();
  // What is written in the file is made, also where the editor leaves it alone.
  await editOrKeep(context, infos, async (objects) => {
    for (const object of objects) {
      const resource = await (await context.discovery()).findKind(object.apiVersion, object.kind);
      if (resource === undefined) throw new CliError(`no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}`);
      const namespace = resource.namespaced ? (object.metadata?.namespace ?? (await context.namespace())) : undefined;
      const made = await rest.object('POST', pathOf(resource, { namespace }), { query: writeQuery(context, 'none', { fieldValidation }), body: flags.bool('save-config') ? withLastApplied(object) : object });
      printer.print(made, 'created');
    }
  });
}

function editOrKeep(context: Context, infos: readonly Info[], accept: Editing['accept']): Promise<void> {
  return edit(context, { objects: infos.map(({ object }) => object), accept });
}
