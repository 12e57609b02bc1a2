/** A connection without TLS: to an address, or to a Unix socket in its stead. */
import { connect } from 'node:net';
import type { Connect } from './tls.js';

export function plainly(socketPath: string | undefined): Connect {
  return ({ host, port }, done) => {
    const socket = socketPath === undefined ? connect({ host: host ?? 'localhost', port: Number(port), noDelay: true }) : connect(socketPath);
    socket.once('error', done);
    socket.once('connect', () => {
      socket.off('error', done);
      done(undefined, socket);
    });
  };
}
