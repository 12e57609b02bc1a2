/**
 * The subprotocols of k8s.io over WebSocket: the first byte of a message names
 * its channel. exec and attach have one process; port-forward has two channels
 * a port, data and error, each opened with the port's number.
 */
import type { WebSocket } from 'ws';
import type { ApiResponse } from '../apimachinery/request.js';
import { errorText } from './exits.js';

const [STDIN, STDOUT, STDERR, ERROR, RESIZE, CLOSE] = [0, 1, 2, 3, 4, 255] as const;
export const EXEC_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io', 'v4.base64.channel.k8s.io', 'base64.channel.k8s.io', 'channel.k8s.io'];
export const FORWARD_PROTOCOLS = ['v4.channel.k8s.io', 'v4.base64.channel.k8s.io'];

interface Channels {
  send(channel: number, chunk: Uint8Array): void;
  close(): void;
}

/** Binary frames, or text with the channel's digit before base64. */
function channels(client: WebSocket, protocol: string, receive: (channel: number, chunk: Buffer) => void): Channels {
  const base64 = protocol.includes('base64');
  client.on('message', (data) => {
    const message = Buffer.isBuffer(data) ? data : Buffer.concat(data as Buffer[]);
    if (message.length === 0) return;
    if (base64) receive(message[0]! - 0x30, Buffer.from(message.subarray(1).toString('latin1'), 'base64'));
    else receive(message[0]!, message.subarray(1));
  });
  return {
    send(channel, chunk) {
      if (client.readyState !== client.OPEN) return;
      if (base64) client.send(`${channel}${Buffer.from(chunk).toString('base64')}`);
      else client.send(Buffer.concat([Buffer.from([channel]), chunk]));
    },
    close: () => client.close(1000),
  };
}

export function pumpStreams(client: WebSocket, protocol: string, { session, streams, tty }: ApiResponse & { type: 'exec' }): void {
  const early: [number, Buffer][] = [];
  let receive = (channel: number, chunk: Buffer): void => void early.push([channel, chunk]);
  const { send, close } = channels(client, protocol, (channel, chunk) => receive(channel, chunk));
  for (const [channel, on] of [
    [STDIN, streams.stdin],
    [STDOUT, streams.stdout],
    [STDERR, streams.stderr && !tty],
  ] as const)
    if (on) send(channel, new Uint8Array()); // clients of v4 and before wait for the channels to open
  const process = session.start({
    stdout: (chunk) => send(STDOUT, chunk),
    stderr: (chunk) => send(tty ? STDOUT : STDERR, chunk),
    exit: (status) => {
      const text = errorText(status, /^v[45]/.test(protocol) ? 'v4' : 'v1');
      if (text !== '') send(ERROR, Buffer.from(text));
      close();
    },
  });
  receive = (channel, chunk) => {
    if (channel === STDIN) process.stdin(chunk);
    else if (channel === RESIZE) resize(chunk.toString('utf8'), process.resize);
    else if (channel === CLOSE && protocol.startsWith('v5') && chunk[0] === STDIN) process.closeStdin();
  };
  for (const [channel, chunk] of early) receive(channel, chunk);
  client.on('close', () => process.abort());
  client.on('error', () => process.abort());
}

/** As the kubelet speaks it: channels 2n and 2n+1 are data and error of the nth port asked for. */
export function pumpForward(client: WebSocket, protocol: string, { ports, session }: ApiResponse & { type: 'portforward' }): void {
  const { send, close } = channels(client, protocol, (channel, chunk) => channel % 2 === 0 && open[channel / 2]?.write(chunk));
  let left = ports.length;
  const gone = (): void => void (--left === 0 && close());
  const open = ports.map((port, at) => {
    const number = Buffer.from([port & 0xff, port >> 8]);
    send(2 * at, number);
    send(2 * at + 1, number);
    return session.open(port, { data: (chunk) => send(2 * at, chunk), error: (message) => send(2 * at + 1, Buffer.from(message)), end: gone });
  });
  if (open.length === 0) client.close(1002, 'query parameter "ports" is required');
  const abort = (): void => open.forEach((one) => one.abort());
  client.on('close', abort);
  client.on('error', abort);
}

/** Text that is no size changes nothing. */
export function resize(text: string, apply: (columns: number, rows: number) => void): void {
  const found = /^\{\s*"Width"\s*:\s*(\d+)\s*,\s*"Height"\s*:\s*(\d+)\s*\}/.exec(text.trim());
  if (found !== null) apply(Number(found[1]), Number(found[2]));
}
