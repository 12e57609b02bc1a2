/** Preferences, the proxy's filter, and flags, as pure functions of their words. */
import { test } from 'vitest';
import assert from 'node:assert/strict';
import type { ApiRequest } from '../../src/apimachinery/request.js';
import { filtered, patterns } from '../../src/cli/commands/proxy/filter.js';
import { routed } from '../../src/cli/commands/proxy/mux.js';
import { profileNamed } from '../../src/cli/commands/debug/profiles.js';
import { parseFlags, type Flag } from '../../src/cli/flags.js';
import { applied } from '../../src/cli/kuberc/apply.js';
import { parsePreference, validatePreference, type Preference } from '../../src/cli/kuberc/preferences.js';

const preference = (parts: Partial<Preference>): Preference => ({ apiVersion: 'kubectl.config.k8s.io/v1beta1', kind: 'Preference', ...parts });
const host = { program: 'kubectl', terminal: { stderr: { write() {} } } } as never;

test('an alias becomes its command, with arguments before and behind, and defaults as flags', async () => {
  const aliases = [{ name: 'getn', command: 'get', prependArgs: ['nodes'], appendArgs: ['--no-headers'], options: [{ name: 'output', default: 'name' }] }];
  assert.deepEqual(await applied(['getn', 'm1'], preference({ aliases }), host), ['get', '--output=name', 'nodes', 'm1', '--no-headers']);
  assert.deepEqual(await applied(['getn', '-ojson'], preference({ aliases }), host), ['get', 'nodes', '-ojson', '--no-headers']);
});

test('a default reaches the subcommand it names, and gives way to what is typed', async () => {
  const defaults = [{ command: 'set env', options: [{ name: 'output', default: 'yaml' }] }];
  assert.deepEqual(await applied(['set', 'env', 'deploy/web', 'A=B'], preference({ defaults }), host), ['set', 'env', '--output=yaml', 'deploy/web', 'A=B']);
  assert.deepEqual(await applied(['set', 'env', '-o', 'json'], preference({ defaults }), host), ['set', 'env', '-o', 'json']);
  await assert.rejects(
    applied(['get', 'pods'], preference({ defaults: [{ command: 'get', options: [{ name: 'nosuch', default: '1' }] }] }), host),
    /invalid flag nosuch for command get/,
  );
});

test('preferences that make no sense are refused', () => {
  assert.throws(() => validatePreference(preference({ aliases: [{ name: 'a1', command: 'get' }] })), /can only include alphabetical characters/);
  assert.throws(() => validatePreference(preference({ credentialPluginPolicy: 'Allowlist' })), /allowlist is unspecified/);
  assert.throws(() => parsePreference('kind: Foo\napiVersion: v1\n', 'f'), /no valid preferences found in f/);
  assert.equal(parsePreference('', 'f'), undefined);
});

const request = (path: string, headers: Record<string, string> = { host: 'localhost:8001' }, method = 'GET'): ApiRequest => ({
  method,
  path,
  query: new URLSearchParams(),
  headers,
  credentials: { type: 'none' },
});
const seen = (status: number) => ({ handle: async ({ path }: ApiRequest) => ({ type: 'text' as const, status, contentType: 'text/plain', body: path }) });

test('the proxy takes its own hosts and no exec', async () => {
  const api = filtered(
    {
      acceptHosts: patterns('^localhost$,^\\[::1\\]$'),
      acceptPaths: patterns('^.*'),
      rejectPaths: patterns('^/api/.*/pods/.*/exec'),
      rejectMethods: patterns('^PUT$'),
    },
    seen(200),
  );
  const cases: [ApiRequest, number][] = [
    [request('/api'), 200],
    [request('/api', { host: 'evil' }), 403],
    [request('/api/v1/namespaces/d/pods/x/exec'), 403],
    [request('/api', { host: 'localhost' }, 'PUT'), 403],
  ];
  for (const [one, status] of cases) assert.equal((await api.handle(one)).status, status, one.path);
});

test("the longest prefix answers, stripped unless it is the API's own", async () => {
  const proxy = routed([
    { prefix: '/k8s/', handler: seen(200), api: true },
    { prefix: '/api/', handler: seen(201), api: true },
    { prefix: '/static/', handler: seen(202), api: false },
  ]);
  const ask = async (path: string): Promise<unknown[]> => {
    const answer: any = await proxy.handle(request(path));
    return [answer.status, answer.headers?.location ?? answer.body];
  };
  assert.deepEqual(await ask('/k8s/api/v1'), [200, '/api/v1']);
  assert.deepEqual(await ask('/api/v1'), [201, '/api/v1']);
  assert.deepEqual(await ask('/static/../static/a'), [307, '/static/a']);
  assert.deepEqual(await ask('/static'), [307, '/static/']);
  assert.deepEqual((await ask('/other'))[0], 404);
});

test('a profile gives the container what it is named for, and bares a copy', () => {
  const pod = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', livenessProbe: {} }] } } as any;
  const container: any = { name: 'd' };
  const keep = { labels: false, annotations: false, liveness: false, readiness: false, startup: false, initContainers: true };
  profileNamed('netadmin')(pod, container, 'podCopy', keep);
  assert.deepEqual(container.securityContext, { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } });
  assert.deepEqual(pod, { metadata: {}, spec: { containers: [{ name: 'c' }], shareProcessNamespace: true } });
  assert.throws(() => profileNamed('none'), /unknown profile: none/);
});

test("numbers and pairs that do not fit are refused in Go's words", () => {
  const flags: Flag[] = [
    { name: 'port', type: 'int32', description: '' },
    { name: 'env', type: 'stringToString', default: '[]', description: '' },
    { name: 'tcp', type: 'stringSlice', description: '' },
  ];
  const refused = (...words: string[]): string => {
    try {
      parseFlags(flags, words);
    } catch (error) {
      return (error as Error).message;
    }
    return '';
  };
  assert.equal(
    refused('--port', '99999999999'),
    'invalid argument "99999999999" for "--port" flag: strconv.ParseInt: parsing "99999999999": value out of range',
  );
  assert.equal(refused('--env', 'A'), 'invalid argument "A" for "--env" flag: A must be formatted as key=value');
  assert.equal(refused('--tcp', 'a"b'), 'invalid argument "a\\"b" for "--tcp" flag: parse error on line 1, column 2: bare " in non-quoted-field');
  assert.equal(parseFlags(flags, ['--port=0x10']).flags.int('port'), 16);
});
