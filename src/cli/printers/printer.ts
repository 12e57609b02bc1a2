/**
 * -o: how objects are printed. Tables are printer/table.ts; everything that
 * prints an object as data is found here by the word that follows -o.
 */
import type { KubeObject } from '../../apimachinery/object.js';
import { CliError } from '../command.js';

/** The text of one object, with its line end where the form has one. */
export type ObjectPrinter = (object: any) => string;

/** Forms that print data; '' and "wide" are tables, "name" is nameOf. */
export const FORMATS = [
  'custom-columns',
  'custom-columns-file',
  'go-template',
  'go-template-file',
  'json',
  'jsonpath',
  'jsonpath-as-json',
  'jsonpath-file',
  'kyaml',
  'name',
  'template',
  'templatefile',
  'wide',
  'yaml',
] as const;

export interface PrintFlags {
  output: string;
  template: string;
  allowMissingTemplateKeys: boolean;
  showManagedFields: boolean;
  noHeaders: boolean;
}

/** Reads a file named in a flag; its errors are the system's own. */
export type ReadText = (path: string) => string;

/** Which forms hide metadata.managedFields unless asked to show them. */
export const hidesManagedFields = (output: string): boolean => ['json', 'yaml', 'kyaml'].includes(output.toLowerCase());

/** Throws CliError for a form that is none of `allowed`. */
export async function printerFor(flags: PrintFlags, read: ReadText, allowed: readonly string[] = FORMATS): Promise<ObjectPrinter> {
  const equals = flags.output.indexOf('=');
  const word = equals < 0 ? flags.output : flags.output.slice(0, equals);
  // As kubectl does: these four in any case.
  const form = ['json', 'yaml', 'kyaml', 'name'].includes(word.toLowerCase()) ? word.toLowerCase() : word;
  const argument = equals < 0 ? undefined : flags.output.slice(equals + 1);
  switch (form) {
    case 'json': {
      if (argument !== undefined) break;
      const { toPrettyJson } = await import('./json.js');
      return (object) => `${toPrettyJson(strip(object, flags))}\n`;
    }
    case 'yaml': {
      if (argument !== undefined) break;
      const { toYaml } = await import('../../apimachinery/yaml.js');
      let first = true;
      return (object) => {
        const text = toYaml(strip(object, flags));
        const separated = first ? text : `---\n${text}`;
        first = false;
        return separated;
      };
    }
    case 'name':
      if (argument !== undefined) break;
      return (object) => `${nameOf(object)}\n`;
    case 'kyaml': {
      if (argument !== undefined) break;
      const { toKyaml } = await import('./kyaml.js');
      return (object) => toKyaml(strip(object, flags));
    }
    case 'jsonpath':
    case 'jsonpath-as-json':
    case 'jsonpath-file': {
      if (!allowed.includes(form)) break;
      const template = templateOf(flags, { argument, isFile: form === 'jsonpath-file', read });
      const { jsonPathPrinter } = await import('./jsonpath.js');
      return jsonPathPrinter(template, { allowMissingKeys: flags.allowMissingTemplateKeys, asJson: form === 'jsonpath-as-json' });
    }
    case 'go-template':
    case 'go-template-file':
    case 'template':
    case 'templatefile': {
      if (!allowed.includes(form)) break;
      const template = templateOf(flags, { argument, isFile: form.endsWith('file'), read });
      const { goTemplatePrinter } = await import('./gotemplate.js');
      return goTemplatePrinter(template, { allowMissingKeys: flags.allowMissingTemplateKeys });
    }
    case 'custom-columns':
    case 'custom-columns-file': {
      if (!allowed.includes(form)) break;
      const spec = flags.template || argument || '';
      if (spec === '') throw new CliError('custom-columns format specified but no custom columns given');
      const { columnsFromFile, columnsFromSpec, customColumnsPrinter } = await import('./customcolumns.js');
      const columns = form === 'custom-columns' ? columnsFromSpec(spec) : columnsFromFile(readOr(spec, { read, told: 'error reading template' }));
      return customColumnsPrinter(columns, { noHeaders: flags.noHeaders });
    }
  }
  throw noForm(flags.output, allowed);
}

const noForm = (output: string, allowed: readonly string[]): CliError =>
  new CliError(`unable to match a printer suitable for the output format ${JSON.stringify(output)}, allowed formats are: ${allowed.join(',')}`);

/** Throws CliError for a form that printerFor would not know. */
export function checkForm(output: string, allowed: readonly string[]): void {
  const [word, argument] = output.split('=', 2) as [string, string?];
  const plain = ['json', 'yaml', 'kyaml', 'name'];
  if (plain.includes(word.toLowerCase()) ? argument !== undefined : !allowed.includes(word)) throw noForm(output, allowed);
}

function templateOf(flags: PrintFlags, { argument, isFile, read }: { argument: string | undefined; isFile: boolean; read: ReadText }): string {
  const template = flags.template || argument || '';
  if (template === '') throw new CliError('template format specified but no template given');
  return isFile ? readOr(template, { read, told: 'error reading --template' }) : template;
}

function readOr(path: string, { read, told }: { read: ReadText; told: string }): string {
  try {
    return read(path);
  } catch (error) {
    throw new CliError(`${told} ${path}, ${readProblem(path, error as Error & { code?: string })}`);
  }
}

const WORDS: Readonly<Record<string, string>> = { ENOENT: 'no such file or directory', EACCES: 'permission denied', ENOTDIR: 'not a directory' };

/** A failed reading in Go's words. */
export function readProblem(path: string, { code = '', message }: Error & { code?: string }): string {
  if (code === 'EISDIR') return `read ${path}: is a directory`;
  return WORDS[code] === undefined ? message : `open ${path}: ${WORDS[code]}`;
}

export function strip<T>(object: T, flags: Pick<PrintFlags, 'showManagedFields'>): T {
  if (flags.showManagedFields) return object;
  return withoutManagedFields(object);
}

function withoutManagedFields(object: any): any {
  if (Array.isArray(object.items)) return { ...object, items: object.items.map(withoutManagedFields) };
  if (object.metadata?.managedFields === undefined) return object;
  const { managedFields: _hidden, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** "pod/web", "deployment.apps/web". */
export function nameOf(object: KubeObject): string {
  return `${kindName(object)}/${object.metadata?.name || '<unknown>'}`;
}

/** "pod", "deployment.apps". */
export function kindName({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? kind.toLowerCase() : `${kind.toLowerCase()}.${apiVersion.slice(0, slash)}`;
}

/** Several objects as one: kind List, as kubectl makes it. */
export function listOf(items: readonly unknown[]): object {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } };
}
