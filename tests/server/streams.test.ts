/** exec, attach and port-forward through HTTPS: our own client, WebSocket, and SPDY as older kubectls upgrade to it. */
import assert from 'node:assert/strict';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { WebSocket } from 'ws';
import type { ApiResponse } from '../../src/apimachinery/request.js';
import type { Status } from '../../src/apimachinery/meta/status.js';
import { httpHandler } from '../../src/client/http.js';
import { spdyClient, type SpdyClient, type SpdyStream } from '../../src/platform/spdy.js';
import { listening } from '../support/listening.js';

let serving: Awaited<ReturnType<typeof listening>>;
beforeAll(async () => {
  serving = await listening();
});
afterAll(() => serving.close());

const POD = '/api/v1/namespaces/default/pods/p';

function ask(path: string): Promise<ApiResponse> {
  const at = path.indexOf('?');
  const handler = httpHandler({ server: serving.url, ca: serving.ca, token: 'admin' });
  return handler.handle({ method: 'GET', path: path.slice(0, at), query: new URLSearchParams(path.slice(at + 1)), headers: {}, credentials: { type: 'none' } });
}

async function exec(path: string, stdin?: string): Promise<{ out: string; err: string; status: Status }> {
  const answer = await ask(path);
  assert.equal(answer.type, 'exec');
  return new Promise((resolve) => {
    let [out, err] = ['', ''];
    const process = (answer as ApiResponse & { type: 'exec' }).session.start({
      stdout: (chunk) => (out += Buffer.from(chunk)),
      stderr: (chunk) => (err += Buffer.from(chunk)),
      exit: (status) => resolve({ out, err, status }),
    });
    if (stdin === undefined) return;
    process.stdin(Buffer.from(stdin));
    process.closeStdin();
  });
}

describe('our client', () => {
  it('runs a command, feeds it and learns its exit code', async () => {
    const { out, err, status } = await exec(`${POD}/exec?command=exit&command=3&stdout=1&stderr=1`);
    assert.deepEqual([out, err, status.details?.causes?.[0]?.message], ['out\n', 'err\n', '3']);
    assert.deepEqual(await exec(`${POD}/exec?command=cat&stdin=1&stdout=1`, 'hello'), { out: 'hello', err: '', status: { metadata: {}, status: 'Success' } });
    assert.equal((await exec(`${POD}/attach?stdin=1&stdout=1`, 'there')).out, 'there');
  });

  it('is told why there is no stream', async () => {
    const answer = await ask('/api/v1/namespaces/default/pods/nobody/exec?command=x&stdout=1');
    assert.deepEqual([answer.status, (answer as any).object.message], [404, 'pods "nobody" not found']);
  });

  it('reads a log, or why there is none', async () => {
    const log = (await ask(`${POD}/log?container=c`)) as ApiResponse & { type: 'bytes' };
    let text = '';
    for await (const chunk of log.chunks) text += Buffer.from(chunk);
    assert.deepEqual([log.status, text], [200, 'a line\n']);
    const refused = await ask(`${POD}/log?previous=true`);
    assert.deepEqual([refused.status, (refused as any).object.message], [400, 'previous terminated container "c" in pod "p" not found']);
  });

  it('forwards several connections, and hears of one that is refused', async () => {
    const answer = (await ask(`${POD}/portforward?ports=80`)) as ApiResponse & { type: 'portforward' };
    assert.deepEqual([answer.type, answer.ports], ['portforward', [80]]);
    const talk = (port: number, text: string): Promise<string> =>
      new Promise((resolve) => {
        let got = '';
        const connection = answer.session.open(port, {
          data: (chunk) => ((got += Buffer.from(chunk)), connection.end()),
          error: (message) => (got += message),
          end: () => resolve(got),
        });
        connection.write(Buffer.from(text));
      });
    assert.deepEqual(await Promise.all([talk(80, 'a'), talk(81, 'b'), talk(9, 'c')]), ['80:a', '81:b', 'connection refused']);
  });
});

describe('port-forward over v4.channel.k8s.io', () => {
  it('opens two channels a port, each named by its number', async () => {
    const socket = new WebSocket(`${serving.url.replace('https', 'wss')}${POD}/portforward?ports=80`, ['v4.channel.k8s.io'], {
      ca: serving.ca,
      headers: { authorization: 'Bearer admin' },
    });
    const got: string[] = [];
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data: Buffer) => got.push(data.toString('latin1')) === 3 && resolve());
      socket.on('open', () => socket.send(Buffer.from('\0hi')));
    });
    socket.close();
    assert.deepEqual(got, ['\0P\0', '\x01P\0', '\x0080:hi']);
  });
});

describe('SPDY/3.1', () => {
  it('runs a command in streams of their own, more than a window long', async () => {
    const client = await upgrade(`${POD}/exec?command=big&stdout=1&stderr=1`, 'v4.channel.k8s.io');
    const [error, out] = ['error', 'stdout', 'stderr'].map((streamtype) => client.open({ streamtype }));
    const read = (stream: SpdyStream): Promise<string> =>
      new Promise((resolve) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => void chunks.push(chunk)).on('end', () => resolve(Buffer.concat(chunks).toString()));
      });
    const [text, status] = await Promise.all([read(out!), read(error!)]);
    assert.deepEqual([text.length, JSON.parse(status)], [64 * 16_384, { metadata: {}, status: 'Success' }]);
  });

  it('forwards a port', async () => {
    const client = await upgrade(`${POD}/portforward`, 'portforward.k8s.io');
    const headers = { port: '80', requestid: '0' };
    client.open({ ...headers, streamtype: 'error' }).end();
    const data = client.open({ ...headers, streamtype: 'data' });
    data.write('hi');
    const [chunk] = await new Promise<Buffer[]>((resolve) => data.once('data', (first: Buffer) => resolve([first])));
    assert.equal(String(chunk), '80:hi');
  });
});

function upgrade(path: string, protocol: string): Promise<SpdyClient> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(serving.url).port), ca: serving.ca, servername: 'localhost' });
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer admin\r\nconnection: Upgrade\r\nupgrade: SPDY/3.1\r\nx-stream-protocol-version: ${protocol}\r\n\r\n`,
  );
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('data', (head: Buffer) => {
      const end = head.indexOf('\r\n\r\n') + 4;
      assert.match(head.toString('latin1'), /^HTTP\/1.1 101 [\s\S]*x-stream-protocol-version: (v4.channel|portforward).k8s.io/i);
      if (end < head.length) socket.unshift(head.subarray(end));
      resolve(spdyClient(socket));
    });
  });
}
