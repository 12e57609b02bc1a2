/** What the server tells of itself, and how it keeps one client from starving the others. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import type { ApiResponse } from '../../src/apimachinery/request.js';
import { IN_FLIGHT_USER_MAX } from '../../src/apiserver/inflight.js';
import { testServer } from '../support/inprocess.js';

const valueOf = (text: string, line: RegExp): number => Number(new RegExp(`^${line.source} (\\S+)$`, 'm').exec(text)?.[1]);

test('requests are counted by what they were about, with how long they took', async () => {
  const { send } = await testServer();
  for (const name of ['a', 'b'])
    await send({
      method: 'POST',
      path: '/api/v1/namespaces/default/configmaps',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ metadata: { name } }),
    });
  await send({ method: 'GET', path: '/api/v1/namespaces/default/configmaps/a' });
  const { text } = await send({ method: 'GET', path: '/metrics' });
  assert.equal(
    valueOf(
      text,
      /apiserver_request_total\{code="201",component="apiserver",dry_run="",group="",resource="configmaps",scope="namespace",subresource="",verb="POST",version="v1"\}/,
    ) >= 2,
    true,
  );
  assert.equal(
    valueOf(
      text,
      /apiserver_request_duration_seconds_count\{component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="GET",version="v1"\}/,
    ),
    1,
  );
  assert.equal(
    valueOf(
      text,
      /apiserver_request_duration_seconds_bucket\{component="apiserver",dry_run="",group="",resource="configmaps",scope="resource",subresource="",verb="GET",version="v1",le="\+Inf"\}/,
    ),
    1,
  );
  assert.equal(valueOf(text, /apiserver_storage_objects\{resource="namespaces"\}/), 4);
  assert.ok(valueOf(text, /process_resident_memory_bytes/) > 1e6);
  for (const line of text.trim().split('\n')) assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{.*\})? -?[\d.e+-]+)$/);
});

test('strangers cannot make the figures grow without end', async () => {
  const { send } = await testServer();
  for (let at = 0; at < 50; at++) await send({ method: 'GET', path: `/apis/x${at}.example.com/v1/things` });
  assert.doesNotMatch((await send({ method: 'GET', path: '/metrics' })).text, /x49\.example/);
});

test('a user with too many requests under way is told to come back; others, the administrator and health checks are not', async () => {
  const JANE = { name: 'jane', groups: ['system:authenticated'] };
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const { server } = await testServer({
    authenticate: async ({ headers }: { headers: Record<string, unknown> }) => ({
      ...JANE,
      name: String(headers['who']),
      groups: headers['who'] === 'root' ? ['system:masters'] : JANE.groups,
    }),
    authorize: async () => ({ allowed: true, reason: '' }),
    tokens: { issuer: 'i', issue: async () => ({ token: '', expirationMs: 0 }), review: () => gate.then(() => undefined), keys: async () => ({ keys: [] }) },
    bootstrap: false,
  } as never);
  const review = (who: string): Promise<ApiResponse> =>
    server.handle({
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/tokenreviews',
      query: new URLSearchParams(),
      headers: { who, 'content-type': 'application/json' },
      credentials: { type: 'none' },
      body: Buffer.from('{"spec":{"token":"x"}}'),
    });
  const waiting = Array.from({ length: IN_FLIGHT_USER_MAX }, () => review('jane'));
  await new Promise((resolve) => setImmediate(resolve));
  const refused = await review('jane');
  assert.deepEqual(
    [refused.status, refused.headers?.['retry-after'], refused.type === 'text' && refused.body],
    [429, '1', 'Too many requests, please try again later.\n'],
  );
  const others = [review('joe'), review('root')];
  const healthy = await server.handle({
    method: 'GET',
    path: '/livez/ping',
    query: new URLSearchParams(),
    headers: { who: 'jane' },
    credentials: { type: 'none' },
  });
  assert.equal(healthy.status, 200);
  open();
  assert.deepEqual([...new Set((await Promise.all([...waiting, ...others])).map(({ status }) => status))], [201]);
  assert.equal((await review('jane')).status, 201);
});

test('how long to wait is a header, too', async () => {
  const { send } = await testServer();
  const { status, headers } = await send({ method: 'GET', path: '/api/v1/pods?resourceVersion=99999999' });
  assert.deepEqual([status, headers['retry-after']], [504, '1']);
});
