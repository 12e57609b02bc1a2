/**
 * What a program that nobody knows from within does on the ports its container
 * names: it takes connections, answers every GET with 200 and a health check of
 * gRPC with SERVING, so that charts of such images become ready. Nothing else is known.
 */
import type { Bytes } from '../bytes.js';
import type { Endpoint, Link, MachineNetwork } from '../machine/sockets.js';
import { HttpReader, responseText, type HttpMessage } from '../network/http.js';

/** The ports in "8080,9443" that nobody else listens on are answered until the call of what is returned. */
export function answerOn(network: MachineNetwork, ports: string, name: string): () => void {
  const listening = ports.split(',').map((port) => network.listen({ port: Number(port), address: '0.0.0.0', accept: (link) => answering(link, name) }));
  return () => {
    for (const each of listening) each?.close();
  };
}

function answering(link: Link, name: string): Endpoint {
  const reader = new HttpReader('request');
  return {
    opened() {},
    failed() {},
    data(bytes) {
      for (let message = reader.push(bytes); message !== undefined; message = reader.push('')) {
        const close = message.headers.connection?.toLowerCase() === 'close' || message.version === '1.0';
        link.send(responseText({ ...replyTo(message, name), head: message.method === 'HEAD' }));
        if (close) link.end();
      }
    },
    ended: () => link.end(),
    reset() {},
  };
}

function replyTo({ method, path }: HttpMessage, name: string): { status: number; headers: Record<string, string>; body: Bytes } {
  if (path.startsWith('/grpc.health.v1.Health/Check'))
    return { status: 200, headers: { 'Content-Type': 'application/grpc', 'Grpc-Status': '0' }, body: 'SERVING' };
  // Of an API that such a program might serve, nothing is known.
  if ((method !== 'GET' && method !== 'HEAD') || /^\/(?:apis|openapi)(?:\/|$)/.test(path))
    return { status: 404, headers: { 'Content-Type': 'text/plain' }, body: '404 page not found\n' };
  return { status: 200, headers: { 'Content-Type': 'text/plain' }, body: `${name}\n` };
}
