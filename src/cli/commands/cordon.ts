/** cordon and uncordon: whether new pods may come to a node. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { findInfos, infoPath } from '../infos.js';
import type { Info } from '../manifests.js';
import { DRY_RUN_FLAG, SELECTOR_FLAG } from '../sharedflags.js';
import { dryRunOf, DRY_RUN_TEXT, tell, usage, type DryRun } from '../writing.js';

const FLAGS = [SELECTOR_FLAG, DRY_RUN_FLAG];

export const cordon: Command = {
  name: 'cordon',
  summary: 'Mark node as unschedulable',
  usage: 'NODE [options]',
  examples: [{ does: 'Mark node "foo" as unschedulable', command: 'cordon foo' }],
  flags: FLAGS,
  run: (context) => run(context, true),
};
export const uncordon: Command = {
  name: 'uncordon',
  summary: 'Mark node as schedulable',
  usage: 'NODE [options]',
  examples: [{ does: 'Mark node "foo" as schedulable', command: 'uncordon foo' }],
  flags: FLAGS,
  run: (context) => run(context, false),
};

/** The nodes a command names, by name or selector. */
export async function nodesOf(context: Context): Promise<{ infos: Info[]; errors: unknown[] }> {
  const { args, flags } = context;
  const selector = flags.string('selector');
  if (args.length === 0 && selector === '') throw usage(context, `USAGE: ${context.command.name} NODE [flags]`);
  if (args.length > 0 && selector !== '') throw usage(context, 'cannot specify both a node name and a --selector option');
  dryRunOf(context);
  const found = await findInfos(context, { args: args.length === 0 ? ['nodes'] : args, ...(args.length === 0 ? {} : { defaultType: 'nodes' }) });
  // As kubectl does: the first that is not there ends it.
  if (found.errors.length > 0) throw found.errors[0];
  const other = found.infos.find(({ resource }) => resource!.kind !== 'Node');
  if (other !== undefined)
    throw new CliError(
      `expected resource of type node, got ${JSON.stringify(`${other.resource!.group}/${other.resource!.version}, Resource=${other.resource!.name}`)}`,
    );
  return found;
}

async function run(context: Context, unschedulable: boolean): Promise<number | void> {
  context.needs('write');
  const { infos, errors } = await nodesOf(context);
  const dryRun = dryRunOf(context);
  for (const info of infos) {
    try {
      await setSchedulable(context, info, unschedulable, dryRun);
    } catch (error) {
      errors.push(new CliError(`unable to ${unschedulable ? 'cordon' : 'uncordon'} node ${JSON.stringify(info.name)}: ${(error as Error).message}`));
    }
  }
  return tell(context, errors);
}

export async function setSchedulable(context: Context, info: Info, unschedulable: boolean, dryRun: DryRun): Promise<void> {
  const word = unschedulable ? 'cordoned' : 'uncordoned';
  if (Boolean(info.object.spec?.unschedulable) === unschedulable) {
    context.out(`node/${info.name} already ${word}${DRY_RUN_TEXT[dryRun]}\n`);
    return;
  }
  if (dryRun !== 'client') {
    await (
      await context.rest()
    ).object('PATCH', infoPath(info), {
      contentType: 'application/strategic-merge-patch+json',
      query: dryRun === 'server' ? { dryRun: 'All' } : {},
      body: { spec: { unschedulable: unschedulable ? true : null } },
    });
  }
  context.out(`node/${info.name} ${word}${DRY_RUN_TEXT[dryRun]}\n`);
}
