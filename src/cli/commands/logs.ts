/** logs: what containers wrote, of one pod or many, once or as it comes. */
import { setMaxListeners } from 'node:events';
import { isNotFound, isStatusError } from '../../apimachinery/status.js';
import { parseTime } from '../../apimachinery/time.js';
import { CliError, INTERRUPTED, type Command } from '../command.js';
import type { Context } from '../context.js';
import { pathOf } from '../discovery.js';
import { describeError } from '../errors.js';
import { listObjects } from '../infos.js';
import { containerOf, objectNamed, podsOf } from '../pods.js';
import { SELECTOR_FLAG } from '../sharedflags.js';
import { usage } from '../writing.js';
import { checkRunningTimeout, PODS } from './exec.js';

export const logs: Command = {
  name: 'logs',
  summary: 'Print the logs for a container in a pod',
  about: 'Print the logs for a container in a pod or specified resource. If the pod has only one container, the container name is optional.',
  usage: '[-f] [-p] (POD | TYPE/NAME) [-c CONTAINER] [options]',
  examples: [
    { does: 'Return snapshot logs from pod nginx with only one container', command: 'logs nginx' },
    { does: 'Begin streaming the logs from all containers in pods defined by label app=nginx', command: 'logs -f -l app=nginx --all-containers=true' },
    { does: 'Display only the most recent 20 lines of output in pod nginx', command: 'logs --tail=20 nginx' },
    { does: 'Show all logs from pod nginx written in the last hour', command: 'logs --since=1h nginx' },
  ],
  flags: [
    SELECTOR_FLAG,
    { name: 'all-containers', type: 'bool', description: "Get all containers' logs in the pod(s)." },
    { name: 'all-pods', type: 'bool', description: 'Get logs from all pod(s). Sets prefix to true.' },
    { name: 'container', short: 'c', type: 'string', description: 'Print the logs of this container' },
    { name: 'follow', short: 'f', type: 'bool', description: 'Specify if the logs should be streamed.' },
    { name: 'ignore-errors', type: 'bool', description: 'If watching / following pod logs, allow for any errors that occur to be non-fatal' },
    { name: 'insecure-skip-tls-verify-backend', type: 'bool', description: 'Skip verifying the identity of the kubelet that logs are requested from.' },
    { name: 'limit-bytes', type: 'int', default: '0', description: 'Maximum bytes of logs to return. Defaults to no limit.' },
    {
      name: 'max-log-requests',
      type: 'int',
      default: '5',
      description: 'Specify maximum number of concurrent logs to follow when using by a selector. Defaults to 5.',
    },
    {
      name: 'pod-running-timeout',
      type: 'duration',
      default: '20s',
      description: 'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
    },
    { name: 'prefix', type: 'bool', description: 'Prefix each log line with the log source (pod name and container name)' },
    { name: 'previous', short: 'p', type: 'bool', description: 'If true, print the logs for the previous instance of the container in a pod if it exists.' },
    {
      name: 'since',
      type: 'duration',
      default: '0s',
      description: 'Only return logs newer than a relative duration like 5s, 2m, or 3h. Defaults to all logs. Only one of since-time / since may be used.',
    },
    {
      name: 'since-time',
      type: 'string',
      description: 'Only return logs after a specific date (RFC3339). Defaults to all logs. Only one of since-time / since may be used.',
    },
    {
      name: 'tail',
      type: 'int',
      default: '-1',
      description: 'Lines of recent log file to display. Defaults to -1 with no selector, showing all log lines otherwise 10, if a selector is provided.',
    },
    { name: 'timestamps', type: 'bool', description: 'Include timestamps on each line in the log output' },
  ],
  run,
};

interface Source {
  pod: string;
  namespace: string;
  container: string;
}

const USAGE = "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command";

async function run(context: Context): Promise<number | void> {
  const { flags } = context;
  const container = check(context);
  context.needs(flags.bool('follow') ? 'stay' : 'write');
  const pods = await selected(context);
  const wantsAll = flags.bool('all-containers');
  const found = pods.flatMap((pod) =>
    (wantsAll ? everyContainer(pod) : [containerOf(context, pod, container, { quiet: flags.bool('all-pods') })]).map((name): Source => ({
      pod: pod.metadata.name,
      namespace: pod.metadata.namespace,
      container: name,
    })),
  );
  const limit = flags.int('max-log-requests');
  if (flags.bool('follow') && found.length > limit && (found.length > 1 || limit < 1))
    throw new CliError(
      `you are attempting to follow ${found.length} log streams, but maximum allowed concurrency is ${limit}, use --max-log-requests to increase the limit`,
    );
  const abort = new AbortController();
  // Every source listens, however many there are.
  setMaxListeners(0, abort.signal);
  const end = context.terminal.onInterrupt(() => abort.abort());
  try {
    if (flags.bool('follow') && found.length > 1) await Promise.all(found.map((source) => show(context, source, abort.signal, true)));
    else for (const source of found) await show(context, source, abort.signal, false);
  } finally {
    end();
  }
  if (abort.signal.aborted) return INTERRUPTED;
}

/** Resolves to the container's name, '' for none given. */
function check(context: Context): string {
  const { flags, args } = context;
  const selector = flags.string('selector');
  if (args.length > 2 || (args.length === 0 && selector === '')) throw usage(context, USAGE);
  if (args.length > 0 && selector !== '') throw usage(context, 'only a selector (-l) or a POD name is allowed');
  if (args.length === 2 && flags.string('container') !== '') throw new CliError('only one of -c or an inline [CONTAINER] arg is allowed');
  if (flags.changed('since') && flags.string('since-time') !== '' && flags.duration('since') !== 0)
    throw new CliError('at most one of `sinceTime` or `sinceSeconds` may be specified');
  checkRunningTimeout(context, (_, message) => new CliError(message));
  const container = args[1] ?? flags.string('container');
  if (flags.bool('all-containers') && container !== '') throw new CliError(`--all-containers=true should not be specified with container name ${container}`);
  if (flags.int('tail') < -1) throw new CliError('--tail must be greater than or equal to -1');
  if (flags.int('limit-bytes') < 0) throw new CliError('--limit-bytes must be greater than 0');
  if (flags.duration('since') < 0) throw new CliError('--since must be greater than 0');
  if (flags.string('since-time') !== '') parseTime(flags.string('since-time'));
  return container;
}

async function selected(context: Context): Promise<any[]> {
  const { flags, args } = context;
  const selector = flags.string('selector');
  if (selector !== '') {
    const resource = (await (await context.discovery()).findKind('v1', 'Pod'))!;
    const pods = await listObjects(context, resource, await context.namespace(), { selector });
    if (pods.length === 0) context.err(`No resources found in ${await context.namespace()} namespace.\n`);
    return pods;
  }
  const info = await objectNamed(context, args[0]!).catch(async (error: unknown) => {
    if (!isNotFound(error) || !isStatusError(error)) throw error;
    throw new CliError(`error from server (NotFound): ${error.message} in namespace ${JSON.stringify(await context.namespace())}`);
  });
  const pods = await podsOf(context, info, `get the logs from`);
  if (pods.length === 0) throw new CliError('timed out waiting for the condition');
  if (flags.bool('all-pods') || pods.length === 1) return pods;
  context.err(`Found ${pods.length} pods, using pod/${pods[0].metadata.name}\n`);
  return pods.slice(0, 1);
}

function everyContainer({ spec }: any): string[] {
  return [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])].map(({ name }: any) => name);
}

function logQuery(context: Context, container: string): Record<string, string> {
  const { flags } = context;
  const tail = flags.changed('tail')
    ? flags.int('tail')
    : flags.string('selector') !== '' && !flags.bool('follow')
      ? SELECTED_TAIL
      : flags.string('selector') === ''
        ? -1
        : SELECTED_TAIL;
  return {
    container,
    ...(flags.bool('follow') ? { follow: 'true' } : {}),
    ...(flags.bool('previous') ? { previous: 'true' } : {}),
    ...(flags.bool('timestamps') ? { timestamps: 'true' } : {}),
    ...(flags.duration('since') === 0 ? {} : { sinceSeconds: String(Math.ceil(flags.duration('since') / 1000)) }),
    ...(flags.string('since-time') === '' ? {} : { sinceTime: flags.string('since-time') }),
    ...(tail < 0 ? {} : { tailLines: String(tail) }),
    ...(flags.int('limit-bytes') > 0 ? { limitBytes: String(flags.int('limit-bytes')) } : {}),
    ...(flags.bool('insecure-skip-tls-verify-backend') ? { insecureSkipTLSVerifyBackend: 'true' } : {}),
  };
}
const SELECTED_TAIL = 10;

async function show(context: Context, source: Source, signal: AbortSignal, together: boolean): Promise<void> {
  const { flags } = context;
  const prefix = flags.bool('prefix') || flags.bool('all-pods') ? `[pod/${source.pod}/${source.container}] ` : '';
  try {
    const path = pathOf(PODS, { namespace: source.namespace, name: source.pod, subresource: 'log' });
    const answer = await (await context.rest()).send('GET', path, { query: logQuery(context, source.container), signal });
    if (answer.type === 'text') return write(context, Buffer.from(answer.body as string), prefix, together);
    if (answer.type !== 'bytes') throw new Error(`the server answered ${path} with ${answer.type}, not a log`);
    await copy(context, answer.chunks, signal, prefix, together);
  } catch (error) {
    if (signal.aborted) return;
    if (!flags.bool('ignore-errors')) throw error;
    context.out(describeError(error));
  }
}

function write(context: Context, bytes: Uint8Array, prefix: string, together: boolean): void {
  if (prefix === '' && !together) context.terminal.stdout.write(bytes);
  else
    context.out(
      Buffer.from(bytes)
        .toString('utf8')
        .replace(/^(?=[\s\S])/gm, prefix),
    );
}

/** Whole lines where several sources share the terminal or each line bears its source. */
async function copy(context: Context, chunks: AsyncIterable<Uint8Array>, signal: AbortSignal, prefix: string, together: boolean): Promise<void> {
  const iterator = chunks[Symbol.asyncIterator]();
  const aborted = new Promise<IteratorResult<Uint8Array>>((resolve) =>
    signal.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true }),
  );
  let rest = Buffer.alloc(0);
  for (;;) {
    const next = await Promise.race([iterator.next(), aborted]);
    if (next.done || context.terminal.stdout.closed) break;
    if (prefix === '' && !together) {
      context.terminal.stdout.write(next.value);
      continue;
    }
    rest = Buffer.concat([rest, next.value]);
    const end = rest.lastIndexOf(LINE_END) + 1;
    for (const line of linesOf(rest.subarray(0, end))) context.out(prefix + line);
    rest = rest.subarray(end);
  }
  if (rest.length > 0) context.out(prefix + rest.toString('utf8'));
  if (signal.aborted) void iterator.return?.();
}
const LINE_END = 10;

const linesOf = (bytes: Buffer): string[] => bytes.toString('utf8').match(/[^\n]*\n/g) ?? [];
