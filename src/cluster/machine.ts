/** Files and network of the machine, as commands ask for them. Errors are worded as Go words them. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, Host, Listener } from '../cli/host.js';

type Machine = Pick<Host, 'makeFolder' | 'temporaryFolder' | 'remove' | 'fetchText' | 'listen'>;

export function machine(absolute: (path: string) => string): Machine {
  return {
    makeFolder: (path) => void mkdirSync(absolute(path), { recursive: true }),
    temporaryFolder: (prefix) => mkdtempSync(join(process.getBuiltinModule('node:os').tmpdir(), prefix)),
    remove: (path) => rmSync(absolute(path), { recursive: true, force: true }),
    fetchText,
    listen,
  };
}

async function fetchText(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok)
    throw new Error(`unable to read URL ${JSON.stringify(url)}, server reported ${answer.status} ${answer.statusText}, status code=${answer.status}`);
  return answer.text();
}

async function listen(address: string, port: number, accept: (connection: Connection) => void): Promise<Listener> {
  const { createServer } = await import('node:net'); // most commands never do
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      accept({
        localPort: socket.localPort ?? port,
        start({ data, end, closed }) {
          socket.on('data', data);
          socket.on('end', end);
          socket.on('close', closed);
          socket.resume();
        },
        write: (chunk) => void socket.write(chunk),
        end: () => void socket.end(),
        destroy: () => void socket.destroy(),
      });
      socket.on('error', () => socket.destroy());
    });
    server.once('error', reject);
    server.listen({ host: address, port }, () => {
      server.removeListener('error', reject);
      const bound = server.address();
      resolve({
        port: typeof bound === 'object' && bound !== null ? bound.port : port,
        close: () => new Promise((done) => void server.close(() => done())),
      });
    });
  });
}
