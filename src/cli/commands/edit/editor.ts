/**
 * Objects through the user's editor: written to a file, edited, read again,
 * opened once more with what was wrong, until they are taken or nothing new
 * comes. Used by edit, create --edit and apply edit-last-applied.
 */
import { toYaml } from '../../../apimachinery/yaml.js';
import { yamlDocuments } from '../../../apimachinery/yamlread.js';
import { CliError, Exit } from '../../command.js';
import type { Context } from '../../context.js';
import { pathOf } from '../../discovery.js';
import { withLastApplied } from '../../lastapplied.js';
import { readManifests, type Info } from '../../manifests.js';
import { toPrettyJson } from '../../printers/json.js';
import { listOf } from '../../printers/printer.js';
import { resultPrinter, validationOf, writeQuery } from '../../writing.js';

const LAST_APPLIED_HEADER = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`;

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

/** How often a file with errors is opened again at most. */
const OPENED_MAX = 100;

export interface Editing {
  /** What the user sees first. */
  objects: readonly any[];
  /** Of which the first is "configmaps "cm"" where the file itself is wrong. */
  first: string;
  /** It is the annotation of apply that is edited. */
  ofLastApplied?: boolean;
  /** Takes the edited objects; returns why the file must be opened again, in lines for its head. What it throws ends the edit. */
  accept(objects: readonly any[], path: string): Promise<readonly string[]>;
}

/** Resolves when the edit was taken or given up without a change; throws when it was given up with errors. */
export async function edit(context: Context, { objects, first, ofLastApplied, accept }: Editing): Promise<void> {
  const { host, flags } = context;
  const output = flags.has('output') ? flags.string('output') : '';
  const value = objects.length === 1 ? objects[0] : listOf(objects);
  const body = output === 'json' ? `${toPrettyJson(value)}\n` : output === 'kyaml' ? (await import('../../printers/kyaml.js')).toKyaml(value) : toYaml(value);
  const path = freshPath(context, output === 'json' ? 'json' : 'yaml');
  const windows = flags.has('windows-line-endings') && flags.bool('windows-line-endings');
  let [head, shown, failed] = ['', body, false];
  for (let opened = 0; opened < OPENED_MAX; opened++) {
    // JSON has no comments.
    const text = output === 'json' ? shown : (ofLastApplied ? LAST_APPLIED_HEADER : HEADER) + head + shown;
    host.writeFile(path, windows ? text.replaceAll('\n', '\r\n') : text, { mode: 0o600 });
    await openEditor(context, path);
    const after = withoutComments(host.readFile(path).toString('utf8').replaceAll('\r\n', '\n'));
    if (failed && after === withoutComments(shown)) throw kept(context, path, new CliError('Edit cancelled, no valid changes were saved.'));
    const { documents, problem } = parsed(after, flags.has('validate') && validationOf(context) === 'Ignore');
    if (problem !== undefined) {
      context.err(`error: ${first} is invalid\n`);
      [head, shown, failed] = [headOf([`${first} was not valid:`, `* <nil>: Invalid value: "The edited file failed validation": ${problem}`]), after, true];
      continue;
    }
    const given = after.trim() === '' ? 'saved file was empty' : after === withoutComments(body) ? 'no changes made' : undefined;
    if (given !== undefined) {
      host.remove(path);
      return context.err(`Edit cancelled, ${given}.\n`);
    }
    let again: readonly string[];
    try {
      again = await accept(
        documents.flatMap((document) => (document?.kind === 'List' ? document.items : [document])),
        path,
      );
    } catch (error) {
      throw error instanceof Exit ? error : kept(context, path, error);
    }
    if (again.length === 0) return host.remove(path);
    [head, shown, failed] = [headOf(again), after, true];
  }
  throw kept(context, path, new CliError('Edit cancelled, no valid changes were saved.'));
}

/** A name of its own among the temporary files, as Go makes them: a number. */
function freshPath({ host }: Context, extension: string): string {
  const folder = host.temporaryFolder(`${host.program}-edit-`);
  host.remove(folder);
  const digits = [...folder.slice(-6)].map((char) => String(char.charCodeAt(0) % 100)).join('');
  return `${folder.slice(0, folder.lastIndexOf('/'))}/${host.program}-edit-${digits}.${extension}`;
}

const headOf = (lines: readonly string[]): string => `${lines.map((line) => `# ${line.replaceAll('\n', '\n# ')}\n`).join('')}#\n`;

/** What validation on this side says of a file: that it can be read, and that it says what it is. */
function parsed(text: string, isLoose: boolean): { documents: any[]; problem?: string } {
  let documents: any[];
  try {
    documents = [...yamlDocuments(text)];
  } catch (error) {
    return { documents: [], problem: (error as Error).message };
  }
  const [document] = documents;
  if (isLoose) return { documents };
  if (typeof document !== 'object' || document === null) return { documents, problem: 'invalid object to validate' };
  const missing = ['apiVersion', 'kind'].filter((field) => !document[field]);
  return missing.length === 0 ? { documents } : { documents, problem: missing.map((field) => `${field} not set`).join(', ') };
}

function kept(context: Context, path: string, error: unknown): unknown {
  context.err(`A copy of your changes has been stored to ${JSON.stringify(path)}\n`);
  return error;
}

const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');

/** As kubectl does: a shell reads only what has quotes. */
async function openEditor({ host }: Context, path: string): Promise<void> {
  const editor = host.env.KUBE_EDITOR || host.env.EDITOR || 'vi';
  const shell = host.env.SHELL || '/bin/bash';
  const needsShell = editor.includes(' ') && /["'\\]/.test(editor);
  const [program, ...words] = needsShell ? [shell, '-c', `${editor} ${JSON.stringify(path)}`] : [...editor.split(' '), path];
  const shown = JSON.stringify(needsShell ? `${shell} -c ${editor}` : editor);
  const { code } = await host.spawn(program!, words).catch((error: Error & { code?: string }) => {
    // As Go: a name that is on no PATH is one thing, a path where nothing is another.
    if (error.code !== 'ENOENT') throw error;
    throw new CliError(`${program!.includes('/') ? 'there was a problem with' : 'unable to launch'} the editor ${shown}`);
  });
  if (code !== 0) throw new CliError(`there was a problem with the editor ${shown}`);
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
      const made = await rest.object('POST', pathOf(resource, { namespace }), {
        query: writeQuery(context, 'none', { fieldValidation }),
        body: flags.bool('save-config') ? withLastApplied(object) : object,
      });
      printer.print(made, 'created');
    }
    return [];
  });
}

/** "deployments.apps \"web\"". */
export const firstOf = ([info]: readonly Info[]): string => (info === undefined ? 'object' : shownName(info));
export const shownName = ({ resource, name }: Info): string =>
  `${resource!.group === '' ? resource!.name : `${resource!.name}.${resource!.group}`} ${JSON.stringify(name)}`;

function editOrKeep(context: Context, infos: readonly Info[], accept: Editing['accept']): Promise<void> {
  return edit(context, { objects: infos.map(({ object }) => object), first: firstOf(infos), accept });
}
