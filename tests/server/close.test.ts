import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'vitest';
import type { ApiRequest, ApiResponse } from '../../src/apimachinery/request.js';
import { httpHandler } from '../../src/client/http.js';
import { silentLog } from '../../src/platform/component.js';
import { listenSocket } from '../../src/server/server.js';

it('a server that closes still answers the write it is at', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'close-'));
  let arrived = (): void => {};
  let release = (): void => {};
  const there = new Promise<void>((resolve) => (arrived = resolve));
  const held = new Promise<void>((resolve) => (release = resolve));
  const handle = async ({ method }: ApiRequest): Promise<ApiResponse> => {
    arrived();
    await held;
    return { type: 'text', status: 200, contentType: 'text/plain', body: method };
  };
  const path = join(folder, 'socket');
  const listener = await listenSocket({ handler: { handle }, log: silentLog, path, credentials: { type: 'none' } });
  const client = httpHandler({ server: 'http://server', socketPath: path });
  const ask = (method: string): Promise<ApiResponse> =>
    client.handle({ method, path: '/x', query: new URLSearchParams(), headers: {}, credentials: { type: 'none' }, body: Buffer.from('{}') });
  const write = ask('PUT');
  await there;
  const closed = listener.close();
  release();
  assert.equal((await write).status, 200);
  await closed;
  await assert.rejects(ask('PUT'));
  client.close();
  rmSync(folder, { recursive: true, force: true });
});

it('who watches and does not read is left behind, and what it would have been told is not kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'slow-'));
  const path = join(folder, 'socket');
  let told = 0;
  const stopped = new Promise<void>((resolve) => {
    const events = {
      start(deliver: (event: never) => void): void {
        const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm' }, data: { k: 'x'.repeat(1_000_000) } };
        const more = (): void => {
          if (told++ < 200) deliver({ type: 'MODIFIED', object: { ...object } } as never);
          if (told < 200) setImmediate(more);
        };
        more();
      },
      stop: () => ((told = Math.min(told, 200)), resolve()),
    };
    const handle = async (): Promise<ApiResponse> => ({ type: 'watch', status: 200, form: 'json', events });
    void listenSocket({ handler: { handle }, log: silentLog, path, credentials: { type: 'none' } }).then((listener) => {
      const client = connect(path, () => client.write('GET /x?watch=1 HTTP/1.1\r\nHost: x\r\n\r\n'));
      client.on('error', () => {});
      client.pause();
      void stopped.then(() => (client.destroy(), listener.close()));
    });
  });
  await stopped;
  assert.ok(told < 60, `${told} MB were kept for it`);
  rmSync(folder, { recursive: true, force: true });
});
