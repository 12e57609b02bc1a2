/** diff: what apply would change, as the diff program of this machine shows it. Exits 1 for differences, 2 for errors. */
import { isNotFound } from '../../apimachinery/status.js';
import { toYaml } from '../../apimachinery/yaml.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { describeError } from '../errors.js';
import { pathOf, type Resource } from '../discovery.js';
import { infoPath } from '../infos.js';
import { klogLine } from '../klog.js';
import { withoutLastApplied } from '../lastapplied.js';
import { readManifests, requireFiles, type Info } from '../manifests.js';
import { toCompactJson } from '../printers/compact.js';
import { strip } from '../printers/printer.js';
import { FILENAME_FLAGS, SELECTOR_FLAG } from '../sharedflags.js';
import { fieldManagerFlag } from '../writing.js';
import { patchOf } from './apply/patcher.js';

export const diff: Command = {
  name: 'diff',
  summary: 'Diff the live version against a would-be applied version',
  about: 'Diff configurations specified by file name or stdin between the current online configuration, and the configuration as it would be if applied.',
  usage: '-f FILENAME [options]',
  examples: [{ does: 'Diff resources included in pod.json', command: 'diff -f pod.json' }],
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    fieldManagerFlag('kubectl-client-side-apply'),
    { name: 'force-conflicts', type: 'bool', description: 'If true, server-side apply will force the changes against conflicts.' },
    {
      name: 'concurrency',
      type: 'int',
      default: '1',
      description:
        'Number of objects to process in parallel when diffing against the live version. Larger number = faster, but more memory, I/O and CPU over that shorter period of time.',
    },
    {
      name: 'prune',
      type: 'bool',
      description: 'Include resources that would be deleted by pruning. Can be used with -l and default shows all resources would be pruned',
    },
    { name: 'prune-allowlist', type: 'stringArray', description: 'Overwrite the default allowlist with <group/version/kind> for --prune' },
    { name: 'server-side', type: 'bool', description: 'If true, apply runs in the server instead of the client.' },
    { name: 'show-secrets', type: 'bool', description: 'If true, display secret values in plain text.' },
    { name: 'show-managed-fields', type: 'bool', description: 'If true, include managed fields in the diff.' },
  ],
  async run(context) {
    try {
      return await run(context);
    } catch (error) {
      if (error instanceof CliError) throw new CliError(error.message, 2);
      context.err(describeError(error));
      return 2;
    }
  },
};

async function run(context: Context): Promise<number> {
  const { host, args } = context;
  if (args.length > 0) throw new CliError(`Unexpected args: [${args.join(' ')}]\nSee '${host.program} diff -h' for help and examples`);
  requireFiles(context);
  if (context.flags.bool('force-conflicts') && !context.flags.bool('server-side')) throw new CliError('--force-conflicts only works with --server-side');
  context.needs('write');
  const types = context.flags.bool('prune') ? await (await import('./apply/prune.js')).pruneTypes(context) : [];
  const { infos, errors } = await readManifests(context);
  if (errors.length > 0) throw errors[0];
  const [live, merged] = [host.temporaryFolder('LIVE-'), host.temporaryFolder('MERGED-')];
  try {
    const visited: Visited[] = [];
    for (const info of infos) visited.push({ namespace: info.namespace, object: await write(context, info, live, merged) });
    if (context.flags.bool('prune')) await writePruned(context, types, visited, live);
    const [program, ...words] = (host.env.KUBECTL_EXTERNAL_DIFF || 'diff -u -N').split(' ');
    const { code, stdout } = await host.spawn(program!, [...words, live, merged], { stdout: 'collect' }).catch((error: Error & { code?: string }) => {
      throw error.code === 'ENOENT' ? new CliError(`failed to run ${JSON.stringify(program)}: executable file not found in $PATH`) : error;
    });
    context.terminal.stdout.write(stdout);
    return code > 1 ? 2 : code;
  } finally {
    host.remove(live);
    host.remove(merged);
  }
}

interface Visited {
  namespace: string | undefined;
  object: any;
}

/** What pruning would take away stands on the left alone. */
async function writePruned(context: Context, types: readonly Resource[], visited: readonly Visited[], live: string): Promise<void> {
  const { prunable } = await import('./apply/prune.js');
  const known = visited.filter(({ object }) => object !== undefined);
  try {
    for await (const { object, resource } of prunable(context, { types, visited: known, namespaces: [] })) {
      context.host.writeFile(`${live}/${fileName(resource, object.kind, object.metadata.namespace, object.metadata.name)}`, toYaml(object));
    }
  } catch (error) {
    // As kubectl does: the rest of the difference is worth seeing.
    context.err(klogLine(context, 'W', 'diff.go:760', `pruning failed and could not be evaluated err: ${(error as Error).message}`));
  }
}

const fileName = ({ group, version }: Resource, kind: string, namespace: string | undefined, name: string): string =>
  [...(group === '' ? [] : [group]), version, kind, namespace ?? '', name].join('.');

/** The object as it is on the server; undefined where it is not. */
async function write(context: Context, info: Info, live: string, merged: string): Promise<any> {
  const before: any = await (await context.rest()).object('GET', infoPath(info)).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  const after = await wouldBe(context, info, before);
  if (before?.metadata.deletionTimestamp) context.err(`Warning: Detected changes to resource ${info.name} which is currently being deleted.\n`);
  const name = fileName(info.resource!, info.object.kind, info.namespace, info.name);
  const shown = (object: any): any => strip(object, { showManagedFields: context.flags.bool('show-managed-fields') });
  const [a, b] = info.object.kind === 'Secret' && !context.flags.bool('show-secrets') ? masked(before, after) : [before, after];
  if (a !== undefined) context.host.writeFile(`${live}/${name}`, toYaml(shown(a)));
  context.host.writeFile(`${merged}/${name}`, toYaml(shown(b)));
  return before;
}

async function wouldBe(context: Context, info: Info, before: any): Promise<any> {
  const { flags } = context;
  const rest = await context.rest();
  const query = { dryRun: 'All', fieldManager: flags.bool('server-side') && !flags.changed('field-manager') ? 'kubectl' : flags.string('field-manager') };
  if (flags.bool('server-side')) {
    return rest.object('PATCH', infoPath(info), {
      contentType: 'application/apply-patch+yaml',
      query: { ...query, force: String(flags.bool('force-conflicts')) },
      body: Buffer.from(toCompactJson(info.object)),
    });
  }
  if (before === undefined) return rest.object('POST', pathOf(info.resource!, { namespace: info.namespace }), { query, body: info.object });
  // As kubectl does: the annotation itself is no part of what is compared.
  const modified = withoutLastApplied(info.object);
  const { patch, contentType } = await patchOf({ context }, info, modified, before);
  return rest.object('PATCH', infoPath(info), { contentType, query, body: patch });
}

/** Values of secrets are never shown, only whether they differ. */
function masked(before: any, after: any): [any, any] {
  const [a, b] = [{ ...before?.data }, { ...after?.data }];
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const differs = key in a && key in b && a[key] !== b[key];
    if (key in a) a[key] = differs ? '*** (before)' : '***';
    if (key in b) b[key] = differs ? '*** (after)' : '***';
  }
  return [before === undefined ? undefined : { ...before, data: a }, { ...after, data: b }];
}
