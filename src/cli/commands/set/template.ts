/**
 * What the subcommands of set share: objects with a pod template are read,
 * changed, and the difference is sent as a patch.
 */
import { deepCopy } from '../../../apimachinery/deep.js';
import { createTwoWayMergePatch, createMergePatch } from '../../../apimachinery/patch/index.js';
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import type { Flag } from '../../flags.js';
import { findInfos, infoPath, MISSING } from '../../infos.js';
import type { RestOptions } from '../../rest.js';
import { fromFiles, type Info } from '../../manifests.js';
import { shapeOf } from '../../shapes.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS, SELECTOR_FLAG } from '../../sharedflags.js';
import {
  checkOptions,
  dryRunOf,
  fieldManagerFlag,
  changeCause,
  recorded,
  RECORD_FLAG,
  resultPrinter,
  tell,
  WRITE_OUTPUT_FLAGS,
  writeQuery,
} from '../../writing.js';

export const SET_FLAGS: readonly Flag[] = [
  ...WRITE_OUTPUT_FLAGS,
  ...FILENAME_FLAGS,
  SELECTOR_FLAG,
  DRY_RUN_FLAG,
  fieldManagerFlag('kubectl-set'),
  { name: 'all', type: 'bool', description: 'Select all resources in the namespace of the specified resource types' },
  { name: 'local', type: 'bool', description: 'If true, set will NOT contact api-server but run locally.' },
];

export const RECORDED_SET_FLAGS: readonly Flag[] = [...SET_FLAGS, RECORD_FLAG];

/** The pod spec of a workload; undefined for an object that has none. */
export function podSpecOf(object: any): any {
  if (object.kind === 'Pod') return object.spec;
  if (object.kind === 'CronJob') return object.spec?.jobTemplate?.spec?.template?.spec;
  return ['Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job', 'ReplicationController'].includes(object.kind)
    ? object.spec?.template?.spec
    : undefined;
}

/** Words that name objects, and KEY=value words. */
export function divide(args: readonly string[], isChange: (arg: string) => boolean): { resources: string[]; changes: string[] } {
  const first = args.findIndex(isChange);
  if (first < 0) return { resources: [...args], changes: [] };
  return { resources: args.slice(0, first), changes: args.slice(first) };
}

export function needsObjects(context: Context, resources: readonly string[]): void {
  if (resources.length === 0 && !fromFiles(context)) throw new CliError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  if (context.flags.bool('all') && context.flags.string('selector') !== '') throw new CliError('cannot set --all and --selector at the same time');
}

export interface SetOptions {
  resources: readonly string[];
  /** "image updated". */
  done: string;
  /** Also where nothing changed. */
  always?: boolean;
  /** What stands before the server's own words when it refuses a patch; absent: they stand alone. */
  failed?: string;
  /** How names are refused with --local; default: in the words for it. */
  unnamed?: boolean;
  /** Objects that are there are changed though others could not be had. */
  each?: boolean;
  /** What was asked for is judged once its objects are there, as kubectl does. */
  judge?(): void;
  /** Edits a copy; throws what is wrong with this object, or says so and goes on. false: leave it be, silently. */
  change(object: any, info: Info, problem: (text: string) => void): Promise<boolean | void> | boolean | void;
}

const LOCAL = `you must specify resources by --filename when --local is set.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'`;

export async function setOn(context: Context, { resources, done, always, failed, unnamed, each, judge, change }: SetOptions): Promise<number | void> {
  const { flags } = context;
  checkOptions(context);
  const dryRun = dryRunOf(context);
  const local = flags.bool('local');
  if (local && dryRun === 'server') throw new CliError('cannot specify --local and --dry-run=server - did you mean --dry-run=client?');
  context.needs('write');
  if (local && resources.length > 0) throw new CliError(unnamed ? MISSING : LOCAL);
  const { infos, errors } = await findInfos(context, { args: resources, local, latest: true });
  if (errors.length > 0 && !each) return tell(context, errors);
  if (flags.bool('all') && flags.has('selector') && flags.string('selector') !== '') throw new CliError('cannot set --all and --selector at the same time');
  judge?.();
  const printer = await resultPrinter(context, dryRun, { typed: infos.map(({ object }) => object) });
  for (const info of infos) {
    const after = local ? await inGoForm(info) : deepCopy(info.object);
    try {
      if ((await change(after, info, (text) => errors.push(new CliError(text)))) === false) continue;
      if (changeCause(context) !== undefined) after.metadata.annotations = recorded(context, after).metadata.annotations;
      const patch = await difference(info, after);
      const changed = Object.keys(patch.body).length > 0;
      if (local || dryRun === 'client') {
        if (changed || always || local) printer.print(after, done);
        continue;
      }
      if (!changed && !always) continue;
      const sent = changed ? await patched(context, info, { ...patch, query: writeQuery(context, dryRun) }, failed) : info.object;
      printer.print(sent, done);
    } catch (error) {
      errors.push(error);
    }
  }
  return tell(context, errors);
}

/** What is not sent anywhere is printed as Go writes the struct it was read into. */
async function inGoForm({ object }: Info): Promise<any> {
  const { decodedLocally } = await import('../../shapes.js');
  return (await decodedLocally(object)) ?? deepCopy(object);
}

async function patched(context: Context, info: Info, request: RestOptions, failed: string | undefined): Promise<any> {
  try {
    return await (await context.rest()).object('PATCH', infoPath(info), request);
  } catch (error) {
    throw failed === undefined ? error : new CliError(`${failed}${(error as Error).message}`);
  }
}

async function difference({ object, resource }: Info, after: any): Promise<{ body: object; contentType: string }> {
  const shape = resource === undefined ? undefined : await shapeOf(resource);
  if (shape === undefined) return { body: createMergePatch(object, after), contentType: 'application/merge-patch+json' };
  return { body: createTwoWayMergePatch(object, after, shape), contentType: 'application/strategic-merge-patch+json' };
}

/** "configmaps/conf the object is not a pod or does not have a pod template: *v1.ConfigMap". */
export function noTemplate({ object, name, resource }: Info): CliError {
  return new CliError(`${resource?.name ?? object.kind.toLowerCase()}/${name} the object is not a pod or does not have a pod template: *v1.${object.kind}`);
}

/** Does a container's name match a pattern with stars. */
export const matches = (pattern: string, name: string): boolean =>
  new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);
