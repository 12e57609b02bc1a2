/** exec, attach and port-forward: the runtime's streams as the API server drives them. */
import type { PortForwardSession, StreamSession } from '../../apimachinery/request.js';
import type { Status } from '../../apimachinery/meta/status.js';
import { unforeseen } from '../../apimachinery/status.js';
import { RuntimeError, type ExecHandle, type ExecIo, type RuntimeService } from '../../cri/runtime.js';
import { isRunning, latest, readPodRuntime } from '../pods/podruntime.js';
import type { PodWorker } from '../pods/worker.js';

/** Of the container that runs; throws where none does, in the words of what was asked for. */
export async function runningContainer(
  runtime: RuntimeService,
  { uid, pod }: PodWorker,
  { container, verb }: { container: string; verb: 'exec' | 'attach' },
): Promise<string> {
  const status = latest(await readPodRuntime(runtime, uid), container);
  if (status !== undefined && isRunning(status)) return status.id;
  const message =
    verb === 'exec'
      ? `container not found (${JSON.stringify(container)})`
      : `container ${container} not found in pod ${pod.metadata.name}_${pod.metadata.namespace}`;
  throw unforeseen(message);
}

export function streamSession(open: (io: ExecIo) => Promise<ExecHandle>): StreamSession {
  return {
    start(client) {
      let over = false;
      const exit = (status: Status): void => {
        if (over) return;
        over = true;
        client.exit(status);
      };
      const handle = open({ stdout: (chunk) => client.stdout(chunk), stderr: (chunk) => client.stderr(chunk), exit: (code) => exit(exitStatus(code)) });
      handle.catch((error: unknown) => exit(refusal(error)));
      // What is typed before the command has begun must reach it in order.
      const then = (act: (handle: ExecHandle) => void): void => void handle.then(act, () => {});
      return {
        stdin: (chunk) => then(({ stdin }) => stdin(chunk)),
        closeStdin: () => then(({ closeStdin }) => closeStdin()),
        resize: (columns, rows) => then(({ resize }) => resize(columns, rows)),
        abort: () => then(({ abort }) => abort()),
      };
    },
  };
}

function exitStatus(code: number): Status {
  if (code === 0) return { metadata: {}, status: 'Success' } as unknown as Status;
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: command terminated with exit code ${code}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  } as unknown as Status;
}

function refusal(error: unknown): Status {
  if (!(error instanceof RuntimeError)) throw error;
  // Said twice as Kubernetes does: the API server, which speaks WebSocket to its clients, wraps what the kubelet said.
  const problem = `Internal error occurred: error executing command in container: ${error.message}`;
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: ${problem}`,
    reason: 'InternalError',
    details: { causes: [{ message: problem }] },
    code: 500,
  } as unknown as Status;
}

export function portForwardSession(runtime: RuntimeService, sandboxId: string): PortForwardSession {
  return {
    open(port, client) {
      let over = false;
      const end = (): void => {
        if (over) return;
        over = true;
        client.end();
      };
      const connection = runtime.portForward(sandboxId, port, { data: (chunk) => client.data(chunk), end });
      connection.catch((error: unknown) => {
        if (!(error instanceof Error)) throw error;
        client.error(`error forwarding port ${port} to pod ${sandboxId}, uid : ${error.message}`);
        end();
      });
      const then = (act: (handle: { write(chunk: Uint8Array): void; end(): void }) => void): void => void connection.then(act, () => {});
      return { write: (chunk) => then(({ write }) => write(chunk)), end: () => then((handle) => handle.end()), abort: () => then((handle) => handle.end()) };
    },
  };
}
