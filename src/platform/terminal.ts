/**
 * The process's own streams and signals behind small interfaces: writes are in
 * order, a closed pipe is noticed and harms nothing, raw mode is always undone.
 */
import { fstatSync, writeSync } from 'node:fs';
import type { ReadStream, WriteStream } from 'node:tty';

type Output = ReturnType<typeof standardOutput>;

/**
 * A file, a pipe or a socket is written to as it is, because making a stream
 * of a descriptor costs a short command 4 ms. A terminal, and a reader that is
 * slower than the writer, get the stream.
 */
export function descriptorOutput(fd: number, stream: () => NodeJS.WriteStream): Output {
  if (!isPlain(fd)) return standardOutput(stream());
  let slow: Output | undefined;
  let closed = false;
  return {
    write(text) {
      if (slow !== undefined) return slow.write(text);
      let rest = typeof text === 'string' ? Buffer.from(text) : text;
      while (rest.length > 0 && !closed) {
        try {
          rest = rest.subarray(writeSync(fd, rest));
        } catch (error) {
          const { code } = error as NodeJS.ErrnoException;
          if (code === 'EAGAIN') return (slow = standardOutput(stream())).write(rest);
          if (code === 'EPIPE') closed = true;
          else if (code !== 'EINTR') throw error;
        }
      }
    },
    isTty: false,
    columns: undefined,
    rows: undefined,
    get closed(): boolean {
      return slow?.closed ?? closed;
    },
    flushed: () => slow?.flushed() ?? Promise.resolve(),
  };
}

function isPlain(fd: number): boolean {
  if (process.platform === 'win32') return false; // pipes are asynchronous there
  try {
    const info = fstatSync(fd);
    return info.isFile() || info.isFIFO() || info.isSocket();
  } catch {
    return false; // closed from the start: the stream knows what to do
  }
}

export function standardOutput(stream: NodeJS.WriteStream) {
  let pending = 0;
  let closed = false;
  let waiting: (() => void)[] = [];
  // The reader of a pipe may leave at any time (`| head -1`): that is not an error of ours.
  stream.on('error', () => {
    closed = true;
    wake();
  });
  const wake = (): void => {
    for (const resolve of waiting.splice(0)) resolve();
  };
  return {
    write(text: string | Uint8Array): void {
      if (closed || text.length === 0) return;
      pending++;
      stream.write(text, () => {
        pending--;
        if (pending === 0) wake();
      });
    },
    get isTty(): boolean {
      return (stream as WriteStream).isTTY === true;
    },
    get columns(): number | undefined {
      return (stream as WriteStream).columns;
    },
    get rows(): number | undefined {
      return (stream as WriteStream).rows;
    },
    get closed(): boolean {
      return closed;
    },
    flushed(): Promise<void> {
      return pending === 0 || closed ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
  };
}

export function standardInput(stream: NodeJS.ReadStream) {
  return {
    get isTty(): boolean {
      return (stream as ReadStream).isTTY === true;
    },
    async readAll(): Promise<Uint8Array> {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(Buffer.from(chunk as Uint8Array));
      return Buffer.concat(chunks);
    },
    onData(data: (chunk: Uint8Array) => void, end: () => void): () => void {
      const onData = (chunk: Buffer): void => data(chunk);
      stream.on('data', onData);
      stream.once('end', end);
      stream.resume();
      return () => {
        stream.off('data', onData);
        stream.off('end', end);
        stream.pause();
        stream.unref?.(); // a terminal that nobody reads must not keep the process alive
      };
    },
    raw(on: boolean): void {
      const terminal = stream as ReadStream;
      if (terminal.isTTY) terminal.setRawMode(on);
    },
  };
}

/** Calls `listener` on SIGINT and SIGTERM; returns what ends that. */
export function onInterrupt(listener: () => void): () => void {
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return () => {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  };
}

export function processTerminal() {
  let stdin: ReturnType<typeof standardInput> | undefined;
  const stdout = descriptorOutput(1, () => process.stdout);
  const stderr = descriptorOutput(2, () => process.stderr);
  return {
    // Touching process.stdin opens it; most commands never do.
    get stdin() {
      stdin ??= standardInput(process.stdin);
      return stdin;
    },
    stdout,
    stderr,
    onInterrupt,
    onResize(listener: () => void): () => void {
      process.stdout.on('resize', listener);
      return () => process.stdout.off('resize', listener);
    },
  };
}
