/**
 * What all commands that change objects share: --dry-run, --validate, field
 * managers, how a result is printed, and how several errors are told.
 */
import { isStatusError } from '../apimachinery/status.js';
import { CliError } from './command.js';
import type { Context } from './context.js';
import type { Flag } from './flags.js';
import { describeError } from './errors.js';
import { klogLine } from './klog.js';
import { checkForm, kindName, printerFor, strip, type ObjectPrinter, type PrintFlags } from './printers/printer.js';
import { printFlags, readText } from './commands/get.js';

export type DryRun = 'none' | 'client' | 'server';

/** What -o may be where there is no table. */
export const WRITE_FORMS = [
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
  'yaml',
];

export const WRITE_OUTPUT_FLAGS: readonly Flag[] = [
  {
    name: 'output',
    short: 'o',
    type: 'string',
    description: `Output format. One of: (${[...WRITE_FORMS.slice(2, 3), 'yaml', 'kyaml', 'name', 'go-template', 'go-template-file', 'template', 'templatefile', 'jsonpath', 'jsonpath-as-json', 'jsonpath-file'].join(', ')}).`,
  },
  {
    name: 'template',
    type: 'string',
    description:
      'Template string or path to template file to use when -o=go-template, -o=go-template-file. The template format is golang templates [http://golang.org/pkg/text/template/#pkg-overview].',
  },
  {
    name: 'allow-missing-template-keys',
    type: 'bool',
    default: 'true',
    description:
      'If true, ignore any errors in templates when a field or map key is missing in the template. Only applies to golang and jsonpath output formats.',
  },
  { name: 'show-managed-fields', type: 'bool', description: 'If true, keep the managedFields when printing objects in JSON or YAML format.' },
];

/** --field-manager with the command's own default. */
export const fieldManagerFlag = (manager: string): Flag => ({
  name: 'field-manager',
  type: 'string',
  default: `'${manager}'`,
  description: 'Name of the manager used to track field ownership.',
});

export function dryRunOf(context: Context): DryRun {
  const known = told.get(context);
  if (known !== undefined) return known;
  const dryRun = readDryRun(context);
  told.set(context, dryRun);
  return dryRun;
}

/** What is deprecated is told once, however often it is asked. */
const told = new WeakMap<Context, DryRun>();

/** kubectl looks at these before at anything else that is asked for: --dry-run, --validate and -o. */
export function checkOptions(context: Context): void {
  const { flags } = context;
  if (flags.has('dry-run')) dryRunOf(context);
  if (flags.has('output') && flags.string('output') !== '') checkForm(flags.string('output'), WRITE_FORMS);
  if (flags.has('validate')) validationOf(context);
}

function readDryRun(context: Context): DryRun {
  const { flags } = context;
  const text = flags.string('dry-run');
  if (text === 'none' || text === 'client' || text === 'server') return text;
  if (text === 'unchanged') {
    context.err(klogLine(context, 'W', 'helpers.go:719', '--dry-run is deprecated and can be replaced with --dry-run=client.'));
    return 'client';
  }
  const truth = ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)
    ? 'client'
    : ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)
      ? 'none'
      : undefined;
  if (truth === undefined) throw new CliError(`Invalid dry-run value (${text}). Must be "none", "server", or "client".`);
  context.err(
    klogLine(
      context,
      'W',
      truth === 'client' ? 'helpers.go:733' : 'helpers.go:736',
      `--dry-run=${text} is deprecated (boolean value) and can be replaced with --dry-run=${truth}.`,
    ),
  );
  return truth;
}

/** The server's fieldValidation for --validate. */
export function validationOf({ flags }: Context): 'Strict' | 'Warn' | 'Ignore' {
  const text = flags.string('validate');
  if (['strict', '1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return 'Strict';
  if (text === 'warn') return 'Warn';
  if (['ignore', '0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return 'Ignore';
  throw new CliError(`invalid - validate option ${JSON.stringify(text)}; must be one of: strict (or true), warn, ignore (or false)`);
}

/** The query of a write. */
export function writeQuery(context: Context, dryRun: DryRun, more: Record<string, string> = {}): Record<string, string> {
  const { flags } = context;
  const manager = flags.has('field-manager') ? flags.string('field-manager') : '';
  return {
    ...(dryRun === 'server' ? { dryRun: 'All' } : {}),
    ...(manager === '' ? {} : { fieldManager: manager }),
    ...more,
  };
}

/** --record, gone from help but still typed: the command itself becomes the cause of the change. */
export const RECORD_FLAG: Flag = {
  name: 'record',
  type: 'bool',
  hidden: true,
  deprecated: '--record will be removed in the future',
  description: 'Record current kubectl command in the resource annotation.',
};

export const CHANGE_CAUSE = 'kubernetes.io/change-cause';

/** The command as --record writes it down; undefined without that flag. */
export function changeCause({ host, path, args, flags, given }: Context): string | undefined {
  if (!flags.has('record') || !flags.bool('record')) return undefined;
  return [host.program, ...path, ...args, ...given.map(({ flag, value }) => `--${flag.name}=${value}`)].join(' ');
}

/** The object with its change's cause, where --record asks for it. */
export function recorded<T extends { metadata?: any }>(context: Context, object: T): T {
  const cause = changeCause(context);
  return cause === undefined
    ? object
    : { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, [CHANGE_CAUSE]: cause } } };
}

/** Writes the cause of a change that was a request of another sort into the object, as one more patch. */
export async function recordAfter(context: Context, path: string): Promise<void> {
  const cause = changeCause(context);
  if (cause === undefined) return;
  const query = context.flags.has('field-manager') ? { fieldManager: context.flags.string('field-manager') } : {};
  await (
    await context.rest()
  ).object('PATCH', path, { contentType: 'application/merge-patch+json', query, body: { metadata: { annotations: { [CHANGE_CAUSE]: cause } } } });
}

export const DRY_RUN_TEXT: Readonly<Record<DryRun, string>> = { none: '', client: ' (dry run)', server: ' (server dry run)' };

export interface ResultPrinter {
  /** Prints one object, or "kind/name done" where no -o was given. */
  print(object: any, done: string): void;
  /** -o was given and is not "name". */
  readonly asData: boolean;
}

export interface PrintingOptions {
  /** Objects such as these kubectl reads into structs of its own: JSON and KYAML come in the order of their fields. */
  typed?: readonly { apiVersion: string; kind: string }[];
  /** kubectl makes a printer for each object: no `---` stands between them. */
  anew?: boolean;
}

/** What a dry run adds to a message comes from `dryRun`. */
export async function resultPrinter(context: Context, dryRun: DryRun = 'none', { typed, anew }: PrintingOptions = {}): Promise<ResultPrinter> {
  const flags = printFlags(context);
  const plain: ObjectPrinter | undefined = flags.output === '' ? undefined : await printerFor(flags, (path) => readText(context, path), WRITE_FORMS);
  const print = (typed === undefined ? undefined : await typedPrinter(flags, typed)) ?? plain;
  const shown = (text: string): string => (anew && flags.output.toLowerCase() === 'yaml' ? text.replace(/^---\n/, '') : text);
  return {
    asData: print !== undefined && flags.output !== 'name',
    print: (object, done) =>
      context.out(print === undefined ? `${kindName(object)}/${object.metadata?.name || '<unknown>'} ${done}${DRY_RUN_TEXT[dryRun]}\n` : shown(print(object))),
  };
}

/** undefined for forms in which the order of fields is not seen. */
async function typedPrinter(flags: PrintFlags, examples: NonNullable<PrintingOptions['typed']>): Promise<ObjectPrinter | undefined> {
  const form = flags.output.toLowerCase();
  if (form !== 'json' && form !== 'kyaml') return undefined;
  const { goOrderOf } = await import('./goorder.js');
  const { KINDS } = await import('../api/kinds.js');
  const { goJsonIndent, sortedKeys } = await import('../apimachinery/gojson.js');
  const { toKyamlInOrder } = await import('./printers/kyaml.js');
  const typeOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }): string => `${apiVersion} ${kind}`;
  const orders = new Map<string, (object: any) => any>();
  for (const example of examples) {
    if (orders.has(typeOf(example))) continue;
    const known = KINDS.find(({ group, version, kind }) => typeOf({ apiVersion: group === '' ? version : `${group}/${version}`, kind }) === typeOf(example));
    if (known !== undefined) orders.set(typeOf(example), await goOrderOf({ group: known.group, version: known.version, name: known.plural }));
  }
  return (object) => {
    const ordered = (orders.get(typeOf(object)) ?? sortedKeys)(strip(object, flags));
    return form === 'json' ? `${goJsonIndent(ordered)}\n` : toKyamlInOrder(ordered);
  };
}

/** Tells errors as kubectl does at a command's end: one in full, several a line each. Resolves to the exit code. */
export function tell(context: Context, errors: readonly unknown[]): number | void {
  if (errors.length === 0) return;
  if (errors.length === 1) throw errors[0];
  for (const error of errors) context.err(`${lineOf(error)}\n`);
  return 1;
}

/** One of several errors: no "error: " before it, and an invalid object's message whole. */
function lineOf(error: unknown): string {
  if (!isStatusError(error))
    return error instanceof CliError
      ? error.message
      : describeError(error)
          .replace(/^error: /, '')
          .trimEnd();
  const { reason, message = '' } = error.status;
  if (reason === 'Unauthorized') return `error: You must be logged in to the server (${message})`;
  return reason === undefined || reason === '' ? `Error from server: ${message}` : `Error from server (${reason}): ${message}`;
}

/** "exactly one NAME is required, got 0", with the line that says where help is; then the options that come before all others. */
export function oneName(context: Context): string {
  const { args } = context;
  if (args.length !== 1) throw usage(context, `exactly one NAME is required, got ${args.length}`);
  checkOptions(context);
  return args[0]!;
}

/** Wrong use, as cmdutil.UsageErrorf words it. */
export function usage({ host, path }: Context, message: string): CliError {
  return new CliError(`${message}\nSee '${[host.program, ...path].join(' ')} -h' for help and examples`);
}

/** cobra's own check. */
export function requireFlags({ flags }: Context, ...names: string[]): void {
  const missing = names.filter((name) => !flags.changed(name));
  if (missing.length > 0) throw new CliError(`required flag(s) ${missing.map((name) => JSON.stringify(name)).join(', ')} not set`);
}
