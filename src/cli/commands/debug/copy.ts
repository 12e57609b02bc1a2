/** debug --copy-to: a copy of a pod with a container more, or with other images and commands. */
import { CliError } from '../../command.js';
import type { Context } from '../../context.js';
import { pathOf } from '../../discovery.js';
import { PODS } from '../exec.js';
import { customized } from './custom.js';
import type { Debugging } from './follow.js';
import { containerName, containersOf, warnOfUser, type DebugOptions } from './options.js';

export async function copyPod(context: Context, pod: any, options: DebugOptions): Promise<Debugging> {
  const { copy, container } = await copyOf(context, pod, options);
  warnOfUser(
    context,
    copy.spec.containers.find(({ name }: any) => name === container),
    copy,
  );
  const rest = await context.rest();
  const { namespace, name } = pod.metadata;
  const made = await rest.object('POST', pathOf(PODS, { namespace }), { body: copy });
  if (context.flags.bool('replace'))
    await rest.object('DELETE', pathOf(PODS, { namespace, name }), { body: { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 } });
  return { pod: made, container };
}

/** `container`: the one that debugs; '' where only images were changed. */
async function copyOf(context: Context, pod: any, options: DebugOptions): Promise<{ copy: any; container: string }> {
  const { flags } = context;
  const copy = plainCopy(pod, options.copyTo);
  if (flags.changed('share-processes')) copy.spec.shareProcessNamespace = flags.bool('share-processes');
  if (!flags.bool('same-node')) delete copy.spec.nodeName;
  for (const container of copy.spec.containers) {
    const image = options.setImages.get(container.name) ?? options.setImages.get('*');
    if (image !== undefined && image !== '') container.image = image;
  }
  let container = containersOf(copy).find(({ name }) => name === options.container);
  if (container === undefined) {
    if (options.image === '') {
      if (options.setImages.size > 0) return { copy, container: '' };
      throw new CliError('you must specify image when creating new container');
    }
    container = { name: containerName(context, options, copy), resources: {}, terminationMessagePolicy: 'File' };
    copy.spec.containers.push(container);
  }
  change(container, options);
  options.profile(copy, container, 'podCopy', options.keep);
  const at = copy.spec.containers.indexOf(container);
  if (options.custom !== undefined && at < 0) throw new CliError(`unable to find the ${container.name} container in the pod ${options.copyTo}`);
  if (at >= 0) copy.spec.containers[at] = await customized(container, options.custom);
  return { copy, container: container.name };
}

function plainCopy({ metadata, spec }: any, name: string): any {
  const { ephemeralContainers: _none, ...kept } = structuredClone(spec);
  const { annotations, labels, namespace } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, ...(annotations === undefined ? {} : { annotations }), ...(labels === undefined ? {} : { labels }) },
    spec: kept,
  };
}

function change(container: any, { command, argumentsOnly, env, image, pullPolicy, stdin, tty }: DebugOptions): void {
  if (command.length > 0 && argumentsOnly) container.args = command;
  else if (command.length > 0) {
    container.command = command;
    delete container.args;
  }
  if (env.length > 0) container.env = env;
  if (image !== '') container.image = image;
  if (pullPolicy !== '') container.imagePullPolicy = pullPolicy;
  delete container.stdin;
  delete container.tty;
  if (stdin) container.stdin = true;
  if (tty) container.tty = true;
}
