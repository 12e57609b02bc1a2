/** attach: joins this terminal to a process that already runs in a container. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { containerOf } from '../pods.js';
import { endWith, stream } from '../streaming.js';
import { usage } from '../writing.js';
import { podFor, PODS, STREAM_FLAGS, terminalFlags } from './exec.js';

export const attach: Command = {
  name: 'attach',
  summary: 'Attach to a running container',
  about: 'Attach to a process that is already running inside an existing container.',
  usage: '(POD | TYPE/NAME) -c CONTAINER [options]',
  examples: [
    { does: 'Get output from running pod mypod; use the default container', command: 'attach mypod' },
    { does: "Switch to raw terminal mode; sends stdin to 'bash' in ruby-container from pod mypod", command: 'attach mypod -c ruby-container -i -t' },
  ],
  flags: STREAM_FLAGS,
  run,
};

async function run(context: Context): Promise<void> {
  const { args } = context;
  if (args.length === 0) throw usage(context, 'at least 1 argument is required for attach');
  if (args.length > 2) throw usage(context, `expected POD, TYPE/NAME, or TYPE NAME, (at most 2 arguments) saw ${args.length}: [${args.join(' ')}]`);
  context.needs('stay');
  const pod = await podFor(context, args.length === 2 ? `${args[0]}/${args[1]}` : args[0]);
  await attachTo(context, pod, containerOf(context, pod, context.flags.string('container'), { quiet: context.flags.bool('quiet') }), terminalFlags(context));
}

/** Also what `run -it` does once its pod is there. */
export async function attachTo(context: Context, pod: any, container: string, streams: { stdin: boolean; tty: boolean }): Promise<void> {
  const { phase } = pod.status ?? {};
  if (phase === 'Succeeded' || phase === 'Failed') throw new CliError(`cannot attach a container in a completed pod; current phase is ${phase}`);
  const { name, namespace } = pod.metadata;
  const described = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? []), ...(pod.spec.ephemeralContainers ?? [])].find((one: any) => one.name === container);
  const tty = streams.tty && Boolean(described?.tty);
  if (streams.tty && !tty && !context.flags.bool('quiet')) context.err(`Unable to use a TTY - container ${container} did not allocate one\n`);
  if (streams.stdin && tty && !context.flags.bool('quiet')) context.err("If you don't see a command prompt, try pressing enter.\n");
  const path = pathOf(PODS, { namespace, name, subresource: 'attach' });
  const status = await stream(context, { path, query: { container }, stdin: streams.stdin, tty });
  if (streams.stdin && tty && pod.spec.restartPolicy === 'Always' && !context.flags.bool('quiet')) {
    context.out(`Session ended, resume using '${context.host.program} attach ${name} -c ${container} -i -t' command when the pod is running\n`);
  }
  endWith(context, status);
}
