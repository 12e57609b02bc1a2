/** describe: one object after another in words, with its events; a name that nothing has exactly is tried as a prefix. */
import { isNotFound } from '../../apimachinery/status.js';
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { describeObject } from '../describe/describers.js';
import { Scene } from '../describe/scene.js';
import { findInfos } from '../infos.js';
import { fromFiles, kustomizeFailed, type Info } from '../manifests.js';
import { FILENAME_FLAGS, SELECTOR_FLAG } from '../sharedflags.js';
import { tell } from '../writing.js';

export const describe: Command = {
  name: 'describe',
  summary: 'Show details of a specific resource or group of resources',
  about:
    'Show details of a specific resource or group of resources.\n\nPrints a detailed description of the selected resources, including related resources such as events or controllers. Select a single object by name, all objects of that type, by a name prefix, or by label selector.',
  usage: '(-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME) [options]',
  examples: [
    { does: 'Describe a node', command: 'describe nodes w1-k8s' },
    { does: 'Describe a pod', command: 'describe pods/web' },
    { does: 'Describe pods by label app=web', command: 'describe pods -l app=web' },
    { does: 'Describe all pods whose name begins with "web"', command: 'describe pods web' },
  ],
  flags: [
    ...FILENAME_FLAGS,
    SELECTOR_FLAG,
    {
      name: 'all-namespaces',
      short: 'A',
      type: 'bool',
      description:
        'If present, list the requested object(s) across all namespaces. Namespace in current context is ignored even if specified with --namespace.',
    },
    { name: 'chunk-size', type: 'int', default: '500', description: 'Return large lists in chunks rather than all at once. Pass 0 to disable.' },
    {
      name: 'show-events',
      type: 'bool',
      default: 'true',
      description:
        'If true, display events related to the described object. Defaults to true for a single object, false for multiple objects and prefix matching.',
    },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const { flags, args, host } = context;
  if (args.length === 0 && !fromFiles(context))
    throw new CliError(`You must specify the type of resource to describe. Use "${host.program} api-resources" for a complete list of supported resources.`);
  const { infos, errors } = await findInfos(context, { everything: true, allNamespaces: true, latest: true }).catch(kustomizeFailed(context));
  const single = errors.length === 0 && infos.length <= 1;
  const withEvents = flags.changed('show-events') ? flags.bool('show-events') : single;
  if (args.length === 2 && errors.length === 1 && isNotFound(errors[0]) && !args[0]!.includes('/')) return byPrefix(context, { withEvents, error: errors[0] });
  await print(context, infos, { withEvents, between: '\n\n', after: '' });
  if (infos.length === 0 && errors.length === 0)
    context.err(flags.bool('all-namespaces') ? 'No resources found\n' : `No resources found in ${await context.namespace()} namespace.\n`);
  return tell(context, errors);
}

async function byPrefix(context: Context, { withEvents, error }: { withEvents: boolean; error: unknown }): Promise<void> {
  const [type, prefix] = context.args as [string, string];
  const { infos } = await findInfos(context, { args: [type], everything: true });
  const matching = infos.filter(({ name }) => name.startsWith(prefix));
  if (matching.length === 0) throw error;
  await print(context, matching, { withEvents, between: '', after: '\n' });
}

async function print(
  context: Context,
  infos: readonly Info[],
  { withEvents, between, after }: { withEvents: boolean; between: string; after: string },
): Promise<void> {
  const scene = new Scene(context, { withEvents, chunk: context.flags.int('chunk-size') });
  const { clock } = await context.session();
  for (const [at, { object, resource }] of infos.entries()) {
    const text = await describeObject(object, resource!, { scene, now: clock.now() });
    context.out(`${at === 0 ? '' : between}${text}${after}`);
  }
}
