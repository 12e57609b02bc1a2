/** taint: puts taints on nodes and takes them off. */
import { createTwoWayMergePatch } from '../../apimachinery/patch/index.js';
import { labelValue, qualifiedName } from '../../apimachinery/names.js';
import { CliError, PlainError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { findInfos, infoPath } from '../infos.js';
import type { Info } from '../manifests.js';
import { shapeOf } from '../shapes.js';
import { DRY_RUN_FLAG, SELECTOR_FLAG, VALIDATE_FLAG } from '../sharedflags.js';
import { checkOptions, dryRunOf, fieldManagerFlag, resultPrinter, tell, usage, WRITE_OUTPUT_FLAGS, writeQuery } from '../writing.js';

interface Taint {
  key: string;
  value?: string;
  effect: string;
  timeAdded?: string;
}

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];

export const taint: Command = {
  name: 'taint',
  summary: 'Update the taints on one or more nodes',
  about:
    'Update the taints on one or more nodes.\n\n  *  A taint consists of a key, value, and effect. As an argument here, it is expressed as key=value:effect.\n  *  The effect must be NoSchedule, PreferNoSchedule or NoExecute.\n  *  Currently taint can only apply to node.',
  usage: 'NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N [options]',
  examples: [
    {
      does: "Update node 'foo' with a taint with key 'dedicated' and value 'special-user' and effect 'NoSchedule'",
      command: 'taint nodes foo dedicated=special-user:NoSchedule',
    },
    { does: "Remove from node 'foo' all the taints with key 'dedicated'", command: 'taint nodes foo dedicated-' },
  ],
  flags: [
    ...WRITE_OUTPUT_FLAGS,
    SELECTOR_FLAG,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    fieldManagerFlag('kubectl-taint'),
    { name: 'all', type: 'bool', description: 'Select all nodes in the cluster' },
    { name: 'overwrite', type: 'bool', description: 'If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.' },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const { flags, args } = context;
  context.needs('write');
  checkOptions(context);
  const dryRun = dryRunOf(context);
  const isTaint = (arg: string): boolean => arg.includes('=') || arg.includes(':') || arg.endsWith('-');
  const first = args.findIndex(isTaint);
  const named = first < 0 ? args : args.slice(0, first);
  const specs = first < 0 ? [] : args.slice(first);
  const stray = specs.find((arg) => !isTaint(arg));
  if (stray !== undefined) throw new CliError(`all resources must be specified before taint changes: ${stray}`);
  if (named.length === 0) throw new CliError('one or more resources must be specified as <resource> <name>');
  if (specs.length === 0) throw new CliError('at least one taint update is required');
  const { add, remove } = parse(context, specs);
  const type = named[0]!.toLowerCase();
  const resource = await (await context.discovery()).find(type);
  if (resource === undefined) throw new PlainError(`the server doesn't have a resource type ${JSON.stringify(type)}`);
  if (resource.kind !== 'Node') throw new CliError(`invalid resource type ${type}, only node types are supported`);
  const clash = add.flatMap((one) => remove.filter(({ key, effect }) => key === one.key && (effect === '' || effect === one.effect)));
  if (clash.length > 0)
    throw new CliError(
      `can not both modify and remove the following taint(s) in the same command: ${clash.map(({ key, effect }) => `${key}=${effect}`).join(', ')}`,
    );
  const selector = flags.string('selector');
  if (flags.bool('all') && selector !== '') throw new CliError("setting 'all' parameter with a non empty selector is prohibited");
  // As kubectl does: a selector or --all passes over the names.
  const lists = flags.bool('all') || selector !== '';
  if (!lists && named.length < 2) throw new CliError("at least one resource name must be specified since 'all' parameter is not set");
  const { infos, errors } = await findInfos(context, lists ? { args: ['nodes'] } : { args: named.slice(1), defaultType: 'nodes' });
  const printer = await resultPrinter(context, 'none', { typed: [{ apiVersion: 'v1', kind: 'Node' }], anew: true });
  const shape = (await shapeOf(resource))!;
  for (const info of infos) {
    try {
      const { taints, done } = change(info, add, remove, flags.bool('overwrite'));
      const { taints: _before, ...spec } = info.object.spec ?? {};
      const after = { ...info.object, spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) } };
      const body = createTwoWayMergePatch(info.object, after, shape);
      const sent =
        dryRun === 'client'
          ? after
          : await (
              await context.rest()
            ).object('PATCH', infoPath(info), { contentType: 'application/strategic-merge-patch+json', query: writeQuery(context, dryRun), body });
      printer.print(sent, done);
    } catch (error) {
      errors.push(error);
    }
  }
  return tell(context, errors);
}

function parse(context: Context, specs: readonly string[]): { add: Taint[]; remove: Taint[] } {
  const [add, remove]: [Taint[], Taint[]] = [[], []];
  for (const spec of specs) {
    if (spec.endsWith('-')) {
      remove.push(parseOne(context, spec.slice(0, -1)));
      continue;
    }
    const one = parseOne(context, spec);
    if (one.effect === '') throw usage(context, `invalid taint spec: ${spec}`);
    if (add.some(({ key, effect }) => key === one.key && effect === one.effect))
      throw usage(context, `duplicated taints with the same key and effect: {${one.key} ${one.value ?? ''} ${one.effect} <nil>}`);
    add.push(one);
  }
  return { add, remove };
}

function parseOne(context: Context, spec: string): Taint {
  const parts = spec.split(':');
  if (parts.length > 2) throw usage(context, `invalid taint spec: ${spec}`);
  const [pair, effect = ''] = parts as [string, string?];
  if (parts.length === 2 && !EFFECTS.includes(effect)) throw usage(context, `invalid taint effect: ${effect}, unsupported taint effect`);
  // Without an effect the whole word is the key.
  const [key, value, ...more] = (parts.length === 2 ? pair.split('=') : [pair]) as [string, string?, ...string[]];
  if (more.length > 0) throw usage(context, `invalid taint spec: ${spec}`);
  const wrong = value === undefined ? [] : labelValue(value);
  const problems = wrong.length > 0 ? wrong : qualifiedName(key);
  if (problems.length > 0) throw usage(context, `invalid taint spec: ${spec}, ${problems.join('; ')}`);
  return { key, ...(value === undefined || value === '' ? {} : { value }), effect };
}

/** New taints first, then those that stay. */
function change({ object, name }: Info, add: readonly Taint[], remove: readonly Taint[], overwrite: boolean): { taints: Taint[]; done: string } {
  const before: Taint[] = object.spec?.taints ?? [];
  const taken = add.filter((one) => before.some(({ key, effect }) => key === one.key && effect === one.effect)).map(({ key }) => key);
  if (taken.length > 0 && !overwrite) throw new CliError(`node ${name} already has ${taken.join(',')} taint(s) with same effect(s) and --overwrite is false`);
  const all = [...add, ...before.filter((old) => !add.some(({ key, effect }) => key === old.key && effect === old.effect))];
  const added = all.length !== before.length;
  const missing = remove.filter((one) => !all.some((old) => old.key === one.key && (one.effect === '' || old.effect === one.effect)));
  if (missing.length > 0)
    throw new CliError(missing.map(({ key, effect }) => `taint ${JSON.stringify(effect === '' ? key : `${key}:${effect}`)} not found`).join('\n'));
  const taints = all.filter((one) => !remove.some(({ key, effect }) => key === one.key && (effect === '' || effect === one.effect)));
  const deleted = taints.length !== all.length;
  return { taints, done: (added && deleted) || overwrite ? 'modified' : added ? 'tainted' : 'untainted' };
}
