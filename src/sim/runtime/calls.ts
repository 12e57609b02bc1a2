/** Calls that last: a command whose output is collected, a connection that is handed through. */
import { RuntimeError, type ExecIo } from '../../cri/runtime.js';
import type { Clock } from '../../platform/clock.js';
import { fromChunk, toChunk } from '../bytes.js';
import type { Endpoint } from '../machine/sockets.js';
import type { Namespace } from '../network/network.js';
import type { Container } from './container.js';

/** Rejects with DeadlineExceeded once the time is over; 0: it may take any. */
export function collected(
  container: Container,
  command: readonly string[],
  { timeoutMs, clock }: { timeoutMs: number; clock: Clock },
): Promise<{ stdout: Uint8Array; stderr: Uint8Array; exitCode: number }> {
  const out = { stdout: '', stderr: '' };
  return new Promise((resolve, reject) => {
    let cancel = (): void => {};
    let over = false;
    const io: ExecIo = {
      stdout: (chunk) => void (out.stdout += fromChunk(chunk)),
      stderr: (chunk) => void (out.stderr += fromChunk(chunk)),
      exit(exitCode) {
        over = true;
        cancel();
        resolve({ stdout: toChunk(out.stdout), stderr: toChunk(out.stderr), exitCode });
      },
    };
    container.exec({ command, tty: false, stdin: false }, io).then(({ session }) => {
      if (timeoutMs <= 0 || over) return;
      cancel = clock.after(timeoutMs, () => {
        reject(new RuntimeError('DeadlineExceeded', `failed to exec in container: timeout ${timeoutMs / 1000}s exceeded: context deadline exceeded`));
        container.killSession(session);
      });
    }, reject);
  });
}

/** Resolves when the port has answered; rejects in containerd's words. */
export function forwarded(
  namespace: Namespace,
  { sandboxId, port }: { sandboxId: string; port: number },
  io: { data(chunk: Uint8Array): void; end(): void },
): Promise<{ write(chunk: Uint8Array): void; end(): void }> {
  return new Promise((resolve, reject) => {
    const endpoint: Endpoint = {
      opened: () => resolve({ write: (chunk) => link.send(fromChunk(chunk)), end: () => link.end() }),
      failed: () =>
        reject(
          new RuntimeError(
            'Unknown',
            `failed to execute portforward in network namespace "/var/run/netns/cni-${sandboxId.slice(0, 8)}": failed to connect to localhost:${port} inside namespace "${sandboxId}", IPv4: dial tcp4 127.0.0.1:${port}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `,
          ),
        ),
      data: (bytes) => io.data(toChunk(bytes)),
      ended: () => io.end(),
      reset: () => io.end(),
    };
    const link = namespace.connect('127.0.0.1', port, endpoint);
  });
}
