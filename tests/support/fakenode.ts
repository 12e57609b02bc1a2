/** A kubelet that is not there: cat, `exit <code>` and sizes as programs, and ports that echo. */
import type { PortForwardSession, StreamSession } from '../../src/apimachinery/request.js';
import type { Status } from '../../src/apimachinery/meta/status.js';
import { badRequest } from '../../src/apimachinery/status.js';
import type { NodeConnection, NodeConnector, StreamRequest } from '../../src/apiserver/nodeconnector.js';

const text = (value: string): Uint8Array => Buffer.from(value);
const SUCCESS = { metadata: {}, status: 'Success' } as Status;
const ended = (code: number): Status =>
  code === 0
    ? SUCCESS
    : ({
        metadata: {},
        status: 'Failure',
        reason: 'NonZeroExitCode',
        message: `command terminated with non-zero exit code: exit status ${code}`,
        details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
      } as Status);

/** Port 9 refuses. Others answer "<port>:" before what they got. */
export function fakeNodes(): NodeConnector & { seen: StreamRequest[] } {
  const seen: StreamRequest[] = [];
  const run = async (request: StreamRequest): Promise<StreamSession> => {
    seen.push(request);
    return program(request);
  };
  const connection: NodeConnection = {
    async *log({ previous }) {
      if (previous) throw badRequest('previous terminated container "c" in pod "p" not found');
      yield text('a line\n');
    },
    exec: run,
    attach: run,
    portForward: async () => ports,
  };
  return { seen, connect: () => connection };
}

function program({ command, stdin }: StreamRequest): StreamSession {
  return {
    start(client) {
      const [name, argument = '0'] = command;
      if (name === 'exit') {
        client.stdout(text('out\n'));
        client.stderr(text('err\n'));
        client.exit(ended(Number(argument)));
      } else if (name === 'big') {
        for (let at = 0; at < 64; at++) client.stdout(Buffer.alloc(16_384, 'x'));
        client.exit(SUCCESS);
      } else if (!stdin) client.exit(SUCCESS);
      return {
        stdin: (chunk) => client.stdout(chunk),
        closeStdin: () => client.exit(SUCCESS),
        resize: (columns, rows) => client.stdout(text(`${columns}x${rows}\n`)),
        abort() {},
      };
    },
  };
}

const ports: PortForwardSession = {
  open(port, client) {
    if (port === 9) {
      client.error('connection refused');
      client.end();
    }
    return { write: (chunk) => client.data(Buffer.concat([text(`${port}:`), chunk])), end: () => client.end(), abort() {} };
  },
};
