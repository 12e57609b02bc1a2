/** HTTP/1.1 as servers speak it: however the bytes arrive, whatever tells where a body ends, and when a connection is gone. */
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, test } from 'vitest';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { connections, type Connections, type Message } from '../../src/client/http1.js';

let server: Server | undefined;
const open = new Set<Socket>();
afterEach(() => {
  for (const socket of open) socket.destroy();
  server?.close();
});

/** A server whose answer to the n-th request of a connection is up to the test. */
async function serving(answer: (socket: Socket, request: string, nth: number) => void): Promise<{ pool: Connections; opened: () => number }> {
  let opened = 0;
  server = createServer({ noDelay: true }, (socket) => {
    opened++;
    open.add(socket);
    let nth = 0;
    let seen = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      for (let end = seen.indexOf('\r\n\r\n'); end >= 0; end = seen.indexOf('\r\n\r\n')) {
        const length = Number(/content-length: (\d+)/.exec(seen.slice(0, end))?.[1] ?? 0);
        if (seen.length < end + 4 + length) return;
        const request = seen.slice(0, end + 4 + length);
        seen = seen.slice(request.length);
        answer(socket, request, nth++);
      }
    });
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const pool = connections((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', done);
    socket.once('connect', () => done(undefined, socket));
  }, 2);
  return { pool, opened: () => opened };
}

function ask(pool: Connections, message: Partial<Message> = {}): Promise<{ status: number; headers: Record<string, readonly string[]>; body: string }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let told: { status: number; headers: Record<string, readonly string[]> };
    pool.send(
      { method: 'GET', path: '/', headers: { host: 'a' }, ...message },
      {
        head: ({ status, headers }) => (told = { status, headers: Object.fromEntries(headers) }),
        data: (chunk) => void chunks.push(Buffer.from(chunk)),
        end: () => resolve({ ...told, body: Buffer.concat(chunks).toString() }),
        failed: reject,
      },
      false,
    );
  });
}

const ANSWERS: readonly (readonly [text: string, status: number, body: string, isKept: boolean])[] = [
  ['HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', 200, 'hello', true],
  ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\ntrailer: 1\r\n\r\n', 200, 'hello0123456789', true],
  ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n', 201, '', true],
  ['HTTP/1.1 204 No Content\r\n\r\n', 204, '', true],
  ['HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno', 404, 'no', false],
  ['HTTP/1.0 200 OK\r\n\r\nuntil the end', 200, 'until the end', false],
];

test('any answer, in pieces of any size, is read to its end, and the connection goes on where it can', async () => {
  let [text, cuts, isKept]: [string, number[], boolean] = ['', [], true];
  const { pool, opened } = await serving((socket, _request) => {
    const at = [...new Set([0, ...cuts.map((cut) => cut % text.length), text.length])].sort((a, b) => a - b);
    const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
    const write = (): void => {
      const piece = pieces.shift();
      if (piece !== undefined) socket.write(piece, 'latin1', write);
      else if (!isKept) socket.end();
    };
    write();
  });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...ANSWERS), fc.array(fc.nat(200), { maxLength: 8 }), async ([given, status, body, kept], where) => {
      [text, cuts, isKept] = [given, where, kept];
      const before = opened();
      const first = await ask(pool);
      assert.deepEqual([first.status, first.body], [status, body]);
      assert.equal((await ask(pool)).body, body);
      if (kept) assert.ok(opened() - before <= 1);
    }),
    { numRuns: 40, seed: 1 },
  );
});

test('a body is sent with its length, headers as they are, and a path with what it may not hold escaped', async () => {
  const requests: string[] = [];
  const { pool } = await serving((socket, request) => {
    requests.push(request);
    socket.write('HTTP/1.1 200 OK\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: 0\r\n\r\n');
  });
  const answer = await ask(pool, { method: 'POST', path: '/a b/é', headers: { host: 'a', 'x-list': ['1', '2'] }, body: Buffer.from('body') });
  assert.deepEqual(answer.headers['x-a'], ['1', '2']);
  await ask(pool, { method: 'POST' });
  assert.deepEqual(requests, [
    'POST /a%20b/%C3%A9 HTTP/1.1\r\nhost: a\r\nx-list: 1\r\nx-list: 2\r\ncontent-length: 4\r\n\r\nbody',
    'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0\r\n\r\n',
  ]);
  await assert.rejects(ask(pool, { headers: { host: 'a\r\nb: c' } }), /a header that cannot be sent/);
});

test('what cannot be sent makes no connection', async () => {
  const { pool, opened } = await serving(() => assert.fail('asked'));
  await assert.rejects(ask(pool, { headers: { host: 'a', 'impersonate-user': '\u65e5' } }), /a header that cannot be sent/);
  assert.equal(opened(), 0);
});

test('a kept connection that the server gave up is replaced; a request that was lost on a new one is told of', async () => {
  const { pool, opened } = await serving((socket, request, nth) => {
    if (nth === 0 && !request.startsWith('GET /lost')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    else socket.destroy();
  });
  assert.equal((await ask(pool)).body, 'ok');
  assert.equal((await ask(pool)).body, 'ok');
  assert.equal(opened(), 2);
  await assert.rejects(ask(pool, { path: '/lost' }), { code: 'ECONNRESET' });
});

test('what is no HTTP, or ends early, is an error', async () => {
  let text = '';
  const { pool } = await serving((socket) => socket.end(text));
  for (text of [
    'SSH-2.0-x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n',
    'HTTP/1.1 200 OK\r\nbroken\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n',
  ])
    await assert.rejects(ask(pool), { code: 'HPE_INVALID' });
  for (text of ['HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel', 'HTTP/1.1 20'])
    await assert.rejects(ask(pool), { code: 'ECONNRESET' });
});

test('no more connections than allowed; who waits is served in turn, and who gives up is not', async () => {
  const held: Socket[] = [];
  const { pool, opened } = await serving((socket) => void held.push(socket));
  const answers = [1, 2, 3].map(() => ask(pool));
  const gone = pool.send(
    { method: 'GET', path: '/gone', headers: {} },
    { head() {}, data() {}, end: () => assert.fail('answered'), failed: () => assert.fail('failed') },
    false,
  );
  gone.abort();
  while (held.length < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.equal(opened(), 2);
  const answer = (socket: Socket): void => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
  held.splice(0).forEach(answer);
  while (held.length < 1) await new Promise((resolve) => setImmediate(resolve));
  held.splice(0).forEach(answer);
  assert.deepEqual(
    (await Promise.all(answers)).map(({ body }) => body),
    ['x', 'x', 'x'],
  );
  assert.equal(opened(), 2);
});
