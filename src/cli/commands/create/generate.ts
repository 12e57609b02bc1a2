/** What the subcommands of create share: their flags, and sending the object they made. */
import { isStatusError } from '../../../apimachinery/status.js';
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import { pathOf } from '../../discovery.js';
import type { Flag } from '../../flags.js';
import { typedCompactJson } from '../../goorder.js';
import { isUnreached, urlError } from '../../unreached.js';
import { LAST_APPLIED } from '../../lastapplied.js';
import { DRY_RUN_FLAG, VALIDATE_FLAG } from '../../sharedflags.js';
import { checkOptions, dryRunOf, fieldManagerFlag, resultPrinter, validationOf, WRITE_OUTPUT_FLAGS, writeQuery } from '../../writing.js';

export const SAVE_CONFIG_FLAG: Flag = {
  name: 'save-config',
  type: 'bool',
  description:
    'If true, the configuration of current object will be saved in its annotation. Otherwise, the annotation will be unchanged. This flag is useful when you want to perform kubectl apply on this object in the future.',
};

export const GENERATE_FLAGS: readonly Flag[] = [...WRITE_OUTPUT_FLAGS, DRY_RUN_FLAG, VALIDATE_FLAG, SAVE_CONFIG_FLAG, fieldManagerFlag('kubectl-create')];

export const APPEND_HASH_FLAG: Flag = { name: 'append-hash', type: 'bool', description: 'Append a hash of the object to its name.' };

export interface Generated {
  resource: { group: string; version: string; name: string; namespaced: boolean };
  object: any;
  /** "failed to create configmap: ": put before what the server says; absent: the error as it is. */
  failed?: string;
}

/** Sends the object, or prints what would be sent. */
export async function createGenerated(context: Context, { resource, object, failed }: Generated): Promise<void> {
  context.needs('write');
  const dryRun = dryRunOf(context);
  const fieldValidation = validationOf(context);
  const printer = await resultPrinter(context, dryRun, { typed: [object] });
  const placed = resource.namespaced && context.namespaceGiven ? { ...object, metadata: { ...object.metadata, namespace: await context.namespace() } } : object;
  const sent = context.flags.bool('save-config') ? await configured(resource, placed) : placed;
  const print = (made: any): void => printer.print(made, 'created');
  if (dryRun === 'client') return print(sent);
  try {
    const namespace = resource.namespaced ? await context.namespace() : undefined;
    const made = await (
      await context.rest()
    ).object('POST', pathOf(resource, { namespace }), { query: writeQuery(context, dryRun, { fieldValidation }), body: sent });
    print(made);
  } catch (error) {
    throw failed !== undefined && (isStatusError(error) || isUnreached(error)) ? new CliError(`${failed}${urlError(error)}`) : error;
  }
}

/** With the annotation of apply, which holds the object as Go writes it. */
export async function configured(resource: Generated['resource'], object: any): Promise<any> {
  const text = `${await typedCompactJson(resource, object)}\n`;
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: text } } };
}

/** The name of an object that a subcommand makes: the one word before `--`. */
export function nameBeforeDash(context: Context): { name: string; command: readonly string[] } {
  const { args, dash, host, path } = context;
  const count = dash < 0 ? args.length : dash;
  if (count !== 1) throw new CliError(`exactly one NAME is required, got ${count}\nSee '${[host.program, ...path].join(' ')} -h' for help and examples`);
  checkOptions(context);
  return { name: args[0]!, command: args.slice(1) };
}

export const core = (name: string, namespaced = true): Generated['resource'] => ({ group: '', version: 'v1', name, namespaced });
export const grouped = (group: string, version: string, name: string, namespaced = true): Generated['resource'] => ({ group, version, name, namespaced });

/** k=v,k=v as Go's maps on a command line, kept in order. */
export function pairsOf(items: readonly string[], wrong: (item: string) => string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const item of items) {
    const at = item.indexOf('=');
    if (at <= 0) throw new CliError(wrong(item));
    pairs[item.slice(0, at)] = item.slice(at + 1);
  }
  return pairs;
}
