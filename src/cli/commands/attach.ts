/** attach: joins this terminal to a process that already runs in a container. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { containerOf } from '../pods.js';
import { endWith, stream } from '../streaming.js';
import { podFor, PODS, STREAM_FLAGS, terminalFor } from './exec.js';
import { DETACH_KEYS_FLAG } from '../sharedflags.js';

export const attach: Command = {
  name: 'attach',
  summary: 'Attach to a running container',
  about: 'Attach to a process that is already running inside an existing container.',
  usage: '(POD | TYPE/NAME) -c CONTAINER [options]',
  examples: [
    { does: 'Get output from running pod mypod; use the default container', command: 'attach mypod' },
    { does: "Switch to raw terminal mode; sends stdin to 'bash' in ruby-container from pod mypod", command: 'attach mypod -c ruby-container -i -t' },
  ],
  flags: [...STREAM_FLAGS, DETACH_KEYS_FLAG],
  run,
};

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length === 0) throw new CliError('at least 1 argument is required for attach');
  if (args.length > 2) throw new CliError(`expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`);
  context.needs('stay');
  const pod = await podFor(context, args.length === 2 ? `${args[0]}/${args[1]}` : args[0]);
  await attachTo(context, pod, containerIn(context, pod));
}

function containerIn(context: Context, pod: any): string {
  try {
    return containerOf(context, pod, context.flags.string('container'), { quiet: context.flags.bool('quiet') });
  } catch (error) {
    throw new CliError(`cannot attach to the container: ${(error as Error).message}`);
  }
}

/** Also what `run -it` and `debug -it` do once their pod is there. */
export async function attachTo(context: Context, pod: any, container: string): Promise<void> {
  const { phase } = pod.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') throw new CliError(`cannot attach a container in a completed pod; current phase is ${phase}`);
  const { flags } = context;
  const { name, namespace } = pod.metadata;
  const isQuiet = flags.bool('quiet');
  const described = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].find(
    (one: any) => one.name === container,
  );
  const wanted = flags.bool('tty');
  if (wanted && !described?.tty && !isQuiet) context.err(`error: Unable to use a TTY - container ${container} did not allocate one\n`);
  // A container that was started with a terminal is spoken to over one, asked for or not.
  const { stdin, tty } = terminalFor(context, { stdin: flags.bool('stdin'), tty: Boolean(described?.tty) });
  if (!isQuiet) context.err(`${RECORDED}\nIf you don't see a command prompt, try pressing enter.\n`);
  const path = pathOf(PODS, { namespace, name, subresource: 'attach' });
  const status = await stream(context, {
    path,
    query: { container },
    stdin,
    tty,
    ...(flags.has('detach-keys') ? { detachKeys: flags.string('detach-keys') } : {}),
  });
  endWith(context, status);
  if (stdin && tty && !isQuiet) context.out(`${resume(context, pod, container)}\n`);
}

const RECORDED =
  'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.';

function resume({ host }: Context, { metadata, spec }: any, container: string): string {
  const command = `'${host.program} attach ${metadata.name} -c ${container} -n ${metadata.namespace} -i -t'`;
  const isEphemeral = (spec.ephemeralContainers ?? []).some((one: any) => one.name === container);
  if (isEphemeral) return `Session ended, the ephemeral container will not be restarted but may be reattached using ${command} if it is still running`;
  return `Session ended, resume using ${command} command`;
}
