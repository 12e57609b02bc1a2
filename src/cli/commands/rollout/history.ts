/** rollout history and undo: the revisions of a workload, looked at and gone back to. */
import { selectorOf } from '../../../apimachinery/labels.js';
import { applyStrategicMergePatch } from '../../../apimachinery/patch/index.js';
import { CliError, type Command } from '../../command.js';
import type { Context } from '../../context.js';
import { findInfos, infoPath, listObjects, plainName } from '../../infos.js';
import { LAST_APPLIED } from '../../lastapplied.js';
import { requireObjects, type Info } from '../../manifests.js';
import { toCompactJson } from '../../printers/compact.js';
import { nameOf } from '../../printers/printer.js';
import { shapeOf } from '../../shapes.js';
import { DRY_RUN_FLAG, FILENAME_FLAGS, SELECTOR_FLAG } from '../../sharedflags.js';
import { dryRunOf, resultPrinter, type ResultPrinter, tell, WRITE_OUTPUT_FLAGS, type DryRun } from '../../writing.js';

const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export const revisionOf = ({ metadata }: any): number => Number(metadata.annotations?.[REVISION] ?? 0);

interface Revision {
  number: number;
  cause: string;
  /** The workload as it was. */
  template: any;
  object: any;
}

export const history: Command = {
  name: 'history',
  summary: 'View rollout history',
  about: 'View previous rollout revisions and configurations.',
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  examples: [{ does: 'View the details of daemonset revision 3', command: 'rollout history daemonset/abc --revision=3' }],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    { name: 'revision', type: 'int', default: '0', description: 'See the details, including podTemplate of the revision specified' },
  ],
  async run(context) {
    const { flags } = context;
    if (flags.int('revision') < 0) throw new CliError(`revision must be a positive integer: ${flags.int('revision')}`);
    requireObjects(context);
    const { infos, errors } = await findInfos(context, { latest: true, everything: true });
    const printer = await resultPrinter(context, 'none', { typed: ['ReplicaSet', 'ControllerRevision'].map((kind) => ({ apiVersion: 'apps/v1', kind })) });
    for (const info of infos) {
      try {
        await show(context, info, printer);
      } catch (error) {
        errors.push(error);
      }
    }
    return tell(context, errors);
  },
};

async function show(context: Context, info: Info, printer: ResultPrinter): Promise<void> {
  const { flags } = context;
  const wanted = flags.int('revision');
  const revisions = await revisionsOf(context, info, 'history viewer');
  const found = revisions.find(({ number }) => number === wanted);
  if (wanted > 0 && found === undefined && (revisions.length > 0 || flags.string('output') !== '')) throw new CliError('unable to find the specified revision');
  if (flags.string('output') !== '') {
    const shown = wanted > 0 ? [found!] : revisions;
    for (const { object } of shown) printer.print(object, 'history');
    return;
  }
  if (wanted === 0) {
    const rows = [['REVISION', 'CHANGE-CAUSE'], ...revisions.map(({ number, cause }) => [String(number), cause === '' ? '<none>' : cause])];
    const width = Math.max(...rows.map(([first]) => first!.length)) + 2;
    const text = revisions.length === 0 ? 'No rollout history found.' : `${rows.map(([a, b]) => `${a!.padEnd(width)}${b}`).join('\n')}\n`;
    context.out(`${nameOf(info.object)} \n${text}\n`);
    return;
  }
  context.out(`${nameOf(info.object)} with revision #${wanted}\n${found === undefined ? 'No rollout history found.' : await templateText(found)}\n`);
}

async function templateText({ template, cause }: Revision): Promise<string> {
  const { writePodTemplate } = await import('../../describe/pod.js');
  const { Writer } = await import('../../describe/writer.js');
  const writer = new Writer(0, { aligned: false });
  const { annotations: _all, ...metadata } = template.metadata ?? {};
  writePodTemplate(
    writer,
    cause === '' ? template : { ...template, metadata: { ...metadata, annotations: { ...template.metadata?.annotations, [CHANGE_CAUSE]: cause } } },
  );
  return writer.toString();
}

/** Kinds that kubectl knows to keep no history; of the others it knows nothing. */
const WITHOUT = new Set(['Pod', 'ReplicationController', 'ReplicaSet.apps', 'Job.batch', 'CronJob.batch']);

/** "ReplicaSet.apps". */
export const groupKind = ({ object, resource }: Info): string => (resource!.group === '' ? object.kind : `${object.kind}.${resource!.group}`);

/** Oldest first. Throws for kinds that keep no history. */
async function revisionsOf(context: Context, info: Info, what: string): Promise<Revision[]> {
  const { object } = info;
  if (object.kind === 'Deployment') return ofDeployment(context, info);
  if (object.kind !== 'DaemonSet' && object.kind !== 'StatefulSet') {
    const kind = JSON.stringify(groupKind(info));
    if (WITHOUT.has(groupKind(info))) throw new CliError(`no ${what} has been implemented for ${kind}`);
    throw new CliError(
      `error retrieving ${what === 'rollbacker' ? what : 'history'} for ${kind}, no visitor method exists for {${info.resource!.group} ${object.kind}}`,
    );
  }
  const resource = (await (await context.discovery()).findKind('apps/v1', 'ControllerRevision'))!;
  const owned = await ownedBy(context, resource, info);
  const shape = (await shapeOf(info.resource!))!;
  return owned
    .map((revision): Revision => {
      const then: any = applyStrategicMergePatch(object, revision.data, shape);
      return { number: revision.revision, cause: revision.metadata.annotations?.[CHANGE_CAUSE] ?? '', template: then.spec.template, object: { ...revision } };
    })
    .sort((a, b) => a.number - b.number);
}

async function ownedBy(context: Context, resource: NonNullable<Info['resource']>, { object, namespace }: Info): Promise<any[]> {
  const found = await listObjects(context, resource, namespace, { selector: selectorOf(object.spec.selector).toString() });
  return found.filter(({ metadata }) => (metadata.ownerReferences ?? []).some(({ uid, controller }: any) => controller && uid === object.metadata.uid));
}

async function ofDeployment(context: Context, info: Info): Promise<Revision[]> {
  const resource = (await (await context.discovery()).findKind('apps/v1', 'ReplicaSet'))!;
  const sets = await ownedBy(context, resource, info);
  return sets
    .filter((set) => revisionOf(set) > 0)
    .map((set): Revision => ({ number: revisionOf(set), cause: set.metadata.annotations?.[CHANGE_CAUSE] ?? '', template: set.spec.template, object: set }))
    .sort((a, b) => a.number - b.number);
}

export const undo: Command = {
  name: 'undo',
  summary: 'Undo a previous rollout',
  about: 'Roll back to a previous rollout.',
  usage: '(TYPE NAME | TYPE/NAME) [flags] [options]',
  examples: [{ does: 'Roll back to daemonset revision 3', command: 'rollout undo daemonset/abc --to-revision=3' }],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    { name: 'to-revision', type: 'int', default: '0', description: 'The revision to rollback to. Default to 0 (last revision).' },
  ],
  async run(context) {
    context.needs('write');
    const dryRun = dryRunOf(context);
    requireObjects(context);
    const { infos, errors } = await findInfos(context, { latest: true, everything: true });
    const printer = await resultPrinter(context, dryRun, { typed: infos.map(({ object }) => object), anew: true });
    for (const info of infos) {
      try {
        printer.print(info.object, await rollBack(context, info, dryRun));
      } catch (error) {
        errors.push(error);
      }
    }
    return tell(context, errors);
  },
};

/** Resolves to what is printed behind the name. */
async function rollBack(context: Context, info: Info, dryRun: DryRun): Promise<string> {
  const { object } = info;
  const wanted = context.flags.int('to-revision');
  if (object.metadata.annotations?.[LAST_APPLIED] !== undefined) {
    context.err(
      `Warning: resource ${plainName(info)} was previously managed with '${context.host.program} apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future '${context.host.program} apply' operations. Consider using '${context.host.program} apply' with your previous configuration file instead.\n`,
    );
  }
  const revisions = await revisionsOf(context, info, 'rollbacker');
  if (wanted < 0) throw new CliError(`unable to find specified revision ${wanted} in history`);
  const target = wanted > 0 ? revisions.find(({ number }) => number === wanted) : revisions.at(-2);
  if (target === undefined) {
    if (wanted > 0) throw new CliError(`unable to find specified revision ${wanted} in history`);
    throw new CliError(
      object.kind === 'Deployment' ? `no rollout history found for deployment ${JSON.stringify(info.name)}` : 'no last revision to roll back to',
    );
  }
  if (dryRun === 'client') return `${object.kind === 'Deployment' ? '' : 'will roll back to '}${await templateText({ ...target, cause: '' })}`;
  if (object.kind === 'Deployment' && object.spec.paused)
    throw new CliError(`you cannot rollback a paused deployment; resume it first with '${context.host.program} rollout resume' and try again`);
  const template = withoutHash(target.template);
  if (toCompactJson(withoutHash(object.spec.template)) === toCompactJson(template))
    return `skipped rollback (current template already matches revision ${target.number})`;
  await send(context, info, target, template, dryRun);
  return 'rolled back';
}

function withoutHash(template: any): any {
  const { 'pod-template-hash': _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}

const SKIPPED = new Set([
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

async function send(context: Context, info: Info, target: Revision, template: any, dryRun: DryRun): Promise<void> {
  const rest = await context.rest();
  const query = dryRun === 'server' ? { dryRun: 'All' } : {};
  if (info.object.kind !== 'Deployment') {
    await rest.object('PATCH', infoPath(info), { contentType: 'application/strategic-merge-patch+json', query, body: target.object.data });
    return;
  }
  const own = Object.entries(info.object.metadata.annotations ?? {}).filter(([key]) => SKIPPED.has(key));
  const then = Object.entries(target.object.metadata.annotations ?? {}).filter(([key]) => !SKIPPED.has(key));
  const body = [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: Object.fromEntries([...own, ...then]) },
  ];
  await rest.object('PATCH', infoPath(info), { contentType: 'application/json-patch+json', query, body });
}
