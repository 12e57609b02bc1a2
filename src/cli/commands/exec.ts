/** exec: runs a command in a container, its streams this terminal's. */
import { CliError, type Command } from '../command.js';
import type { Context } from '../context.js';
import type { Flag } from '../flags.js';
import { pathOf } from '../discovery.js';
import { infoPath } from '../infos.js';
import { containerOf, objectNamed, podsOf } from '../pods.js';
import { fromFiles, readManifests, type Info } from '../manifests.js';
import { FILENAME_FLAGS } from '../sharedflags.js';
import { endWith, stream } from '../streaming.js';
import { usage } from '../writing.js';

export const PODS = { group: '', version: 'v1', name: 'pods', namespaced: true };

export const STREAM_FLAGS: readonly Flag[] = [
  {
    name: 'container',
    short: 'c',
    type: 'string',
    description:
      'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
  },
  {
    name: 'pod-running-timeout',
    type: 'duration',
    default: '1m0s',
    description: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
  },
  { name: 'quiet', short: 'q', type: 'bool', description: 'Only print output from the remote session' },
  { name: 'stdin', short: 'i', type: 'bool', description: 'Pass stdin to the container' },
  { name: 'tty', short: 't', type: 'bool', description: 'Stdin is a TTY' },
];

export const exec: Command = {
  name: 'exec',
  summary: 'Execute a command in a container',
  usage: '(POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...] [options]',
  examples: [
    { does: "Get output of running the 'date' command in pod mypod, using the first container by default", command: 'exec mypod -- date' },
    {
      does: "Switch to raw terminal mode; sends stdin to 'bash' in ruby-container from pod mypod and sends the output of 'bash' back to the client",
      command: 'exec mypod -c ruby-container -i -t -- bash -il',
    },
    {
      does: "Get output of running 'date' in the first pod of the deployment mydeployment, using the first container by default",
      command: 'exec deploy/mydeployment -- date',
    },
  ],
  flags: [FILENAME_FLAGS[0]!, ...STREAM_FLAGS],
  run,
};

async function run(context: Context): Promise<void> {
  const { flags, args, dash } = context;
  const files = fromFiles(context);
  const name = dash === 0 ? '' : (args[0] ?? '');
  if (dash < 0 && (args.length > 1 || (args.length > 0 && files)))
    throw usage(context, 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
  checkRunningTimeout(context, usage);
  if (name === '' && !files) throw new CliError('pod, type/name or --filename must be specified');
  const command = dash < 0 ? [] : args.slice(dash);
  if (command.length === 0) throw new CliError('you must specify at least one command for the container');
  if (name !== '' && files) throw new CliError('resource/name arguments cannot be provided when a path is specified');
  context.needs('stay');
  const pod = await podFor(context, files ? undefined : name);
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed')
    throw new CliError(`cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`);
  const container = containerOf(context, pod, flags.string('container'), { quiet: flags.bool('quiet') });
  const { stdin, tty } = terminalFor(context, { stdin: flags.bool('stdin'), tty: flags.bool('tty') });
  const path = pathOf(PODS, { namespace: pod.metadata.namespace, name: pod.metadata.name, subresource: 'exec' });
  endWith(context, await stream(context, { path, query: { command, container }, stdin, tty }));
}

/** The pod that a word or a file names, waited for where its owner has none yet. */
export async function podFor(context: Context, word: string | undefined): Promise<any> {
  const info = word === undefined ? await oneOfFiles(context) : await objectNamed(context, word);
  const found = word === undefined ? { ...info, object: await (await context.rest()).object('GET', infoPath(info)) } : info;
  const until = context.clock.now() + context.flags.duration('pod-running-timeout');
  for (;;) {
    const [pod] = await podsOf(context, found);
    if (pod !== undefined) return pod;
    if (context.clock.now() >= until) throw new CliError('timed out waiting for the condition');
    await new Promise<void>((resolve) => context.clock.after(ASK_AGAIN_MS, resolve));
  }
}
const ASK_AGAIN_MS = 250;

async function oneOfFiles(context: Context): Promise<Info> {
  const { infos, errors } = await readManifests(context);
  if (errors.length > 0) throw errors[0];
  if (infos.length !== 1) throw new CliError('cannot exec into multiple objects at a time');
  return infos[0]!;
}

/** --pod-running-timeout, in the words that the command has for wrong use. */
export function checkRunningTimeout(context: Context, wrong: (context: Context, message: string) => CliError): void {
  if (context.flags.duration('pod-running-timeout') <= 0) throw wrong(context, '--pod-running-timeout must be higher than zero');
}

/** -i and -t as they can be had: no terminal without one to read from. */
export function terminalFor(context: Context, { stdin, tty }: { stdin: boolean; tty: boolean }): { stdin: boolean; tty: boolean } {
  if (!stdin || !tty || context.terminal.stdin.isTty) return { stdin, tty: stdin && tty };
  if (!context.flags.bool('quiet')) context.err('Unable to use a TTY - input is not a terminal or the right kind of file\n');
  return { stdin, tty: false };
}
