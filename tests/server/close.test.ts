import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
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
  const ask = (method: string): Promise<ApiResponse> => client.handle({ method, path: '/x', query: new URLSearchParams(), headers: {}, credentials: { type: 'none' }, body: Buffer.from('{}') });
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
