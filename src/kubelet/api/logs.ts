/** A container's log, read from its file in CRI's format: whole or its tail, from a time on, as it grows. */
import { badRequest } from '../../apimachinery/status.js';
import { parseTime } from '../../apimachinery/time.js';
import type { ApiContainerStatus } from '../kinds.js';
import type { KubeletOptions } from '../options.js';
import { readPodRuntime, type PodRuntime } from '../pods/podruntime.js';
import { logDirectoryOf } from '../pods/sandboxconfig.js';
import type { PodWorker } from '../pods/worker.js';

export interface LogOptions {
  follow: boolean;
  previous: boolean;
  timestamps: boolean;
  sinceSeconds?: number;
  sinceTime?: string;
  tailLines?: number;
  limitBytes?: number;
  /** 'All', 'Stdout' or 'Stderr'. */
  stream?: string;
  signal?: AbortSignal;
}

interface Request extends LogOptions {
  pod: string;
  container: string;
}

export async function* containerLog(find: () => PodWorker, request: Request, options: KubeletOptions): AsyncIterable<Uint8Array> {
  const worker = find();
  const containerId = chosenContainer(worker, request);
  const runtime = await readPodRuntime(options.runtime, worker.uid);
  const path = logPath(worker, containerId, runtime);
  if (path === undefined || options.files.read(path) === undefined) {
    yield Buffer.from(`unable to retrieve container logs for containerd://${containerId}`);
    return;
  }
  const filter = lineFilter(request, options.clock.now());
  const reader = new LogReader(path, options.files);
  let budget = request.limitBytes ?? Infinity;
  let lines = reader.more().filter(filter);
  if (request.tailLines !== undefined) lines = tail(lines, request.tailLines);
  const growth = request.follow ? follow(worker, containerId, { path, options, signal: request.signal }) : undefined;
  try {
    for (;;) {
      for (const line of lines) {
        const bytes = textOf(line, request).subarray(0, budget);
        budget -= bytes.length;
        if (bytes.length > 0) yield bytes;
        if (budget <= 0) return;
      }
      if (growth === undefined || !(await growth.grown())) return;
      lines = reader.more().filter(filter);
    }
  } finally {
    growth?.stop();
  }
}

/** Throws a StatusError in the kubelet's words where there is nothing to read. */
function chosenContainer({ shown }: PodWorker, { pod, container, previous }: Request): string {
  const statuses = [...(shown.containerStatuses ?? []), ...(shown.initContainerStatuses ?? []), ...(shown.ephemeralContainerStatuses ?? [])];
  const status = statuses.find(({ name }) => name === container);
  if (status === undefined) throw badRequest(`container ${JSON.stringify(container)} in pod ${JSON.stringify(pod)} is not available`);
  const id = previous ? status.lastState?.terminated?.containerID : currentId(status);
  if (previous && id === undefined) throw badRequest(`previous terminated container ${JSON.stringify(container)} in pod ${JSON.stringify(pod)} not found`);
  if (id === undefined) throw badRequest(`container ${JSON.stringify(container)} in pod ${JSON.stringify(pod)} ${unavailable(status)}`);
  return id.replace('containerd://', '');
}

const currentId = ({ state, lastState, containerID }: ApiContainerStatus): string | undefined =>
  state?.running !== undefined ? containerID : (state?.terminated?.containerID ?? lastState?.terminated?.containerID);

function unavailable({ state, lastState }: ApiContainerStatus): string {
  if (state?.terminated !== undefined || lastState?.terminated !== undefined) return 'is terminated';
  const reason = state?.waiting?.reason;
  if (reason === undefined) return 'is waiting to start - no logs yet';
  const words: Record<string, string> = { ErrImagePull: "image can't be pulled", ImagePullBackOff: 'trying and failing to pull image' };
  return `is waiting to start: ${words[reason] ?? reason}`;
}

function logPath({ pod }: PodWorker, containerId: string, runtime: PodRuntime): string | undefined {
  const path = runtime.containers.find(({ id }) => id === containerId)?.logPath;
  if (path === undefined || path === '') return undefined;
  return path.startsWith('/') ? path : `${logDirectoryOf(pod)}/${path}`;
}

interface LogLine {
  timestamp: string;
  stream: string;
  isPartial: boolean;
  content: Uint8Array;
}

/** Reads a log from where it stopped the last time. Half a line waits for its rest. */
class LogReader {
  readonly #path: string;
  readonly #files: KubeletOptions['files'];
  #offset = 0;

  constructor(path: string, files: KubeletOptions['files']) {
    this.#path = path;
    this.#files = files;
  }

  more(): LogLine[] {
    const bytes = Buffer.from(this.#files.read(this.#path) ?? []);
    // The file was put aside for a new one.
    if (bytes.length < this.#offset) this.#offset = 0;
    const lines: LogLine[] = [];
    for (let end = bytes.indexOf(10, this.#offset); end >= 0; end = bytes.indexOf(10, this.#offset)) {
      const line = parsed(bytes.subarray(this.#offset, end));
      if (line !== undefined) lines.push(line);
      this.#offset = end + 1;
    }
    return lines;
  }
}

function parsed(line: Buffer): LogLine | undefined {
  const first = line.indexOf(32);
  const second = line.indexOf(32, first + 1);
  const third = line.indexOf(32, second + 1);
  if (first < 0 || second < 0) return undefined;
  const tag = line.subarray(second + 1, third < 0 ? line.length : third).toString('latin1');
  return {
    timestamp: line.subarray(0, first).toString('latin1'),
    stream: line.subarray(first + 1, second).toString('latin1'),
    isPartial: tag.startsWith('P'),
    content: third < 0 ? Buffer.alloc(0) : line.subarray(third + 1),
  };
}

function lineFilter({ sinceSeconds, sinceTime, stream }: Request, now: number): (line: LogLine) => boolean {
  const since = sinceTime !== undefined ? parseTime(sinceTime) : sinceSeconds !== undefined ? now - sinceSeconds * 1000 : 0;
  const only = stream === undefined || stream === 'All' ? undefined : stream.toLowerCase();
  return (line) => (only === undefined || line.stream === only) && (since === 0 || Date.parse(line.timestamp) >= since);
}

/** The last so many whole lines; what is no whole line counts as one. */
function tail(lines: LogLine[], count: number): LogLine[] {
  let left = count;
  for (let at = lines.length - 1; at >= 0; at--) {
    const endsLine = !lines[at]!.isPartial || at === lines.length - 1;
    if (endsLine && left-- === 0) return lines.slice(at + 1);
  }
  return lines;
}

function textOf({ timestamp, content, isPartial }: LogLine, { timestamps }: Request): Uint8Array {
  return Buffer.concat([...(timestamps ? [Buffer.from(`${timestamp} `)] : []), content, ...(isPartial ? [] : [Buffer.of(10)])]);
}

/** Tells when a log has grown; false once its container has ended and all is read. */
function follow(
  { uid }: PodWorker,
  containerId: string,
  { path, options, signal }: { path: string; options: KubeletOptions; signal: AbortSignal | undefined },
): { grown(): Promise<boolean>; stop(): void } {
  let changed = true;
  let wake = (): void => {};
  const note = (): void => {
    changed = true;
    wake();
  };
  const unwatch = options.files.watch(path.slice(0, path.lastIndexOf('/')), note);
  const unlisten = options.runtime.events((event) => {
    if (event.containerId === containerId) note();
  });
  signal?.addEventListener('abort', note);
  let last = false;
  const isAborted = (): boolean => signal?.aborted === true;
  return {
    async grown() {
      if (last || isAborted()) return false;
      if (!changed) await new Promise<void>((resolve) => (wake = resolve));
      changed = false;
      const status = (await readPodRuntime(options.runtime, uid)).containers.find(({ id }) => id === containerId);
      last = status?.state !== 'CONTAINER_RUNNING';
      return !isAborted();
    },
    stop() {
      unwatch();
      unlisten();
      signal?.removeEventListener('abort', note);
    },
  };
}
