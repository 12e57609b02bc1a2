/**
 * debug: a container to look into a pod from (ephemeral in the pod itself, or
 * in a copy of it), or a pod that sees a node's own files and processes.
 */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { findInfos } from '../infos.js';
import { fromFiles, type Info } from '../manifests.js';
import { tell } from '../writing.js';
import { copyPod } from './debug/copy.js';
import { isReference, readOptions, type DebugOptions } from './debug/options.js';
import { addEphemeral } from './debug/ephemeral.js';
import { follow, type Debugging } from './debug/follow.js';
import { debugNode } from './debug/node.js';

export const debug: Command = {
  name: 'debug',
  summary: 'Create debugging sessions for troubleshooting workloads and nodes',
  about:
    "Debug cluster resources using interactive debugging containers.\n\nWhat is made depends on what is debugged: of a pod, an ephemeral container in it or a copy with other images or commands; of a node, a pod in the host's namespaces with its files below /host.",
  usage: '(POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ] [options]',
  examples: [
    { does: 'Create an interactive debugging session in pod mypod and immediately attach to it', command: 'debug mypod -it --image=busybox' },
    { does: 'Create a debug container named debugger in a copy of mypod', command: 'debug mypod -it --image=busybox --copy-to=my-debugger -c debugger' },
    { does: 'Create an interactive debugging session on a node', command: 'debug node/mynode -it --image=busybox' },
  ],
  flags: [
    { name: 'arguments-only', type: 'bool', description: 'If specified, everything after -- will be passed to the new container as Args instead of Command.' },
    {
      name: 'attach',
      type: 'bool',
      description:
        "If true, wait for the container to start running, and then attach as if 'kubectl attach ...' were called.  Default false, unless '-i/--stdin' is set, in which case the default is true.",
    },
    { name: 'container', short: 'c', type: 'string', description: 'Container name to use for debug container.' },
    { name: 'copy-to', type: 'string', description: 'Create a copy of the target Pod with this name.' },
    { name: 'custom', type: 'string', description: 'Path to a JSON or YAML file containing a partial container spec to customize built-in debug profiles.' },
    { name: 'env', type: 'stringToString', default: '[]', description: 'Environment variables to set in the container.' },
    { name: 'filename', short: 'f', type: 'stringSlice', description: 'identifying the resource to debug' },
    { name: 'image', type: 'string', description: 'Container image to use for debug container.' },
    {
      name: 'image-pull-policy',
      type: 'string',
      description: 'The image pull policy for the container. If left empty, this value will not be specified by the client and defaulted by the server.',
    },
    { name: 'keep-annotations', type: 'bool', description: "If true, keep the original pod annotations.(This flag only works when used with '--copy-to')" },
    {
      name: 'keep-init-containers',
      type: 'bool',
      default: 'true',
      description: "Run the init containers for the pod. Defaults to true.(This flag only works when used with '--copy-to')",
    },
    { name: 'keep-labels', type: 'bool', description: "If true, keep the original pod labels.(This flag only works when used with '--copy-to')" },
    { name: 'keep-liveness', type: 'bool', description: "If true, keep the original pod liveness probes.(This flag only works when used with '--copy-to')" },
    { name: 'keep-readiness', type: 'bool', description: "If true, keep the original pod readiness probes.(This flag only works when used with '--copy-to')" },
    { name: 'keep-startup', type: 'bool', description: "If true, keep the original startup probes.(This flag only works when used with '--copy-to')" },
    {
      name: 'profile',
      type: 'string',
      default: "'general'",
      description: 'Options are "general", "baseline", "restricted", "netadmin" or "sysadmin". Defaults to "general"',
    },
    { name: 'quiet', short: 'q', type: 'bool', description: 'If true, suppress informational messages.' },
    { name: 'replace', type: 'bool', description: "When used with '--copy-to', delete the original Pod." },
    { name: 'same-node', type: 'bool', description: "When used with '--copy-to', schedule the copy of target Pod on the same node." },
    {
      name: 'set-image',
      type: 'stringToString',
      default: '[]',
      description: "When used with '--copy-to', a list of name=image pairs for changing container images, similar to how 'kubectl set image' works.",
    },
    { name: 'share-processes', type: 'bool', default: 'true', description: "When used with '--copy-to', enable process namespace sharing in the copy." },
    { name: 'stdin', short: 'i', type: 'bool', description: 'Keep stdin open on the container(s) in the pod, even if nothing is attached.' },
    { name: 'target', type: 'string', description: 'When using an ephemeral container, target processes in this container name.' },
    { name: 'tty', short: 't', type: 'bool', description: 'Allocate a TTY for the debugging container.' },
  ],
  run,
};

async function run(context: Context): Promise<number | void> {
  const options = readOptions(context);
  check(context, options);
  context.needs(options.attach ? 'stay' : 'write');
  const { infos, errors } = await findInfos(context, { args: options.names, latest: true, ...(fromFiles(context) ? {} : { defaultType: 'pods' }) });
  if (errors.length > 0) return tell(context, errors.slice(0, 1));
  for (const info of infos) {
    const made = await make(context, info, options);
    if (options.attach && made.container !== '') await follow(context, made);
  }
}

function make(context: Context, info: Info, options: DebugOptions): Promise<Debugging> {
  if (info.object.kind === 'Node') return debugNode(context, info.object, options);
  if (info.object.kind !== 'Pod')
    throw new CliError(`${JSON.stringify(`${info.resource!.group}/${info.resource!.version}, Kind=${info.object.kind}`)} not supported by debug`);
  return options.copyTo === '' ? addEphemeral(context, info, options) : copyPod(context, info.object, options);
}

function check(context: Context, options: DebugOptions): void {
  const { flags } = context;
  const { image, container, copyTo, setImages, command } = options;
  if (options.attach && flags.changed('attach') && image === '' && container === '')
    throw new CliError('you must specify --container or create a new container using --image in order to attach.');
  if (copyTo !== '') {
    if (image === '' && setImages.size === 0 && command.length === 0) throw new CliError('you must specify --image, --set-image or command arguments.');
    if (command.length > 0 && container === '' && image === '')
      throw new CliError('you must specify an existing container or a new image when specifying args.');
  } else {
    if (flags.bool('replace')) throw new CliError('--replace may only be used with --copy-to.');
    if (flags.bool('same-node')) throw new CliError('--same-node may only be used with --copy-to.');
    if (setImages.size > 0) throw new CliError('--set-image may only be used with --copy-to.');
    if (image === '') throw new CliError('you must specify --image when not using --copy-to.');
  }
  if (image !== '' && !isReference(image)) throw new CliError(`invalid image name ${JSON.stringify(image)}: invalid reference format`);
  if (options.names.length === 0 && !fromFiles(context)) throw new CliError('NAME or filename is required for debug');
  if (!['', 'Always', 'IfNotPresent', 'Never'].includes(options.pullPolicy)) throw new CliError(`invalid image pull policy: ${options.pullPolicy}`);
  for (const [name, one] of setImages)
    if (!isReference(one)) throw new CliError(`invalid image name ${JSON.stringify(one)} for container ${JSON.stringify(name)}: invalid reference format`);
  if (options.target !== '') {
    if (copyTo !== '') throw new CliError('--target is incompatible with --copy-to. Use --share-processes instead.');
    if (!options.quiet)
      context.out(
        `Targeting container ${JSON.stringify(options.target)}. If you don't see processes from this container it may be because the container runtime doesn't support this feature.\n`,
      );
  }
  if (options.tty && !options.stdin) throw new CliError('-i/--stdin is required for containers with -t/--tty=true');
  const { custom } = options;
  if (
    custom !== undefined &&
    (custom.name || custom.command?.length > 0 || custom.image || custom.lifecycle !== undefined || custom.volumeDevices?.length > 0)
  ) {
    throw new CliError('name, command, image, lifecycle and volume devices are not modifiable via custom profile');
  }
  if (flags.string('profile') === 'legacy')
    context.err(
      '--profile=legacy is deprecated and planned to be removed in v1.39. It is recommended to specify other profile, for example "--profile=general".\n',
    );
}
