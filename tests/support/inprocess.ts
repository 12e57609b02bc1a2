/**
 * An API server over the memory store, with the objects a new control plane
 * has, and a way to ask it as over HTTP: for tests, and to replay recordings.
 */
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createApiServer, type ApiServer } from '../../src/apiserver/apiserver.js';
import { createAuthenticator, staticTokens } from '../../src/apiserver/authn/authenticate.js';
import { storedTokenObjects } from '../../src/apiserver/authn/objects.js';
import { serviceAccountTokens } from '../../src/apiserver/authn/serviceaccount.js';
import { unionAuthorizer } from '../../src/apiserver/authz/authorizer.js';
import { RbacAuthorizer } from '../../src/apiserver/authz/rbac.js';
import { ensureBootstrap } from '../../src/apiserver/bootstrap/bootstrap.js';
import type { ApiServerOptions } from '../../src/apiserver/options.js';
import { KINDS } from '../../src/api/kinds.js';
import type { KubeObject } from '../../src/apimachinery/object.js';
import { InProcessIdentity, type ApiResponse, type Credentials } from '../../src/apimachinery/request.js';
import { toYaml } from '../../src/apimachinery/yaml.js';
import { VirtualClock } from '../../src/platform/clock.js';
import { Quiescence } from '../../src/platform/quiescence.js';
import { seededRandom } from '../../src/platform/random.js';
import { memoryStore } from '../../src/store/memory.js';
import type { Store } from '../../src/store/store.js';

export interface TestServer {
  server: ApiServer;
  store: Store;
  clock: VirtualClock;
  quiescence: Quiescence;
  /** As over HTTP, as the administrator unless headers say otherwise. A watch's text is its events until it ends. */
  send(request: SentRequest): Promise<SentResponse>;
}

export interface SentRequest {
  method: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | undefined;
}

export interface SentResponse {
  status: number;
  headers: Record<string, string | string[]>;
  text: string;
}

export const ADMIN = { name: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] };

/** One for all, and weak: making keys takes time. */
let signingKey: string | undefined;

export async function testServer(options: Partial<ApiServerOptions> & { bootstrap?: boolean; account?: boolean } = {}): Promise<TestServer> {
  const quiescence = new Quiescence();
  const clock = new VirtualClock(Date.parse('2030-01-01T00:00:00Z'), () => quiescence.settled());
  const random = seededRandom(1);
  const store = memoryStore({ clock, random });
  const rbac = new RbacAuthorizer(store);
  signingKey ??= generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
  const issued = serviceAccountTokens({ signingKey, clock, random, objects: storedTokenObjects(store) });
  const authorizer = unionAuthorizer([rbac]);
  const server = createApiServer({
    store,
    clock,
    random,
    quiescence,
    kinds: KINDS,
    authenticate: createAuthenticator([staticTokens(new Map([['admin', ADMIN]])), issued]),
    authorize: (attributes) => authorizer.authorize(attributes),
    rulesFor: (user, namespace) => rbac.rulesFor(user, namespace),
    tokens: {
      issuer: issued.issuer,
      issue: (spec) => issued.issue(spec),
      review: (token, audiences) => issued.authenticateToken(token, audiences),
      keys: async () => issued.keys(),
    },
    log: { info() {}, warning() {}, error: (line) => process.stderr.write(`${line}\n`) },
    ...options,
  });
  await server.start();
  if (options.bootstrap !== false) await bootstrap(server, clock, options.account !== false);
  return { server, store, clock, quiescence, send: (request) => send(server, clock, request) };
}

async function bootstrap(server: ApiServer, clock: VirtualClock, withDefaultAccount: boolean): Promise<void> {
  const order = [
    'namespaces',
    'priorityclasses',
    'clusterroles',
    'clusterrolebindings',
    'roles',
    'rolebindings',
    'prioritylevelconfigurations',
    'flowschemas',
    'apiservices',
    'servicecidrs',
  ];
  const objects = order.flatMap((name) => JSON.parse(readFileSync(`manifests/bootstrap/${name}.json`, 'utf8')) as KubeObject[]);
  await ensureBootstrap({
    handler: server,
    kinds: KINDS,
    clock,
    objects,
    advertise: { address: '10.0.0.1', port: 6443 },
    serviceIp: '10.96.0.1',
    clientCa: 'ca',
    frontProxyCa: 'ca',
    withDefaultAccount,
  });
}

async function send(server: ApiServer, clock: VirtualClock, { method, path, headers = {}, body }: SentRequest): Promise<SentResponse> {
  const at = path.indexOf('?');
  const lower: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) lower[name.toLowerCase()] = value;
  const credentials = credentialsOf(lower['authorization']);
  const response = await server.handle({
    method,
    path: at < 0 ? path : path.slice(0, at),
    query: new URLSearchParams(at < 0 ? '' : path.slice(at + 1)),
    headers: lower,
    credentials,
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  });
  const warning = (response.warnings ?? []).map((text) => `299 - ${JSON.stringify(text)}`);
  return { status: response.status, headers: { ...response.headers, ...(warning.length > 0 ? { warning } : {}) }, text: await textOf(response, clock) };
}

function credentialsOf(authorization: string | string[] | undefined): Credentials {
  if (authorization === undefined) return { type: 'bearer', token: 'admin' };
  const token = String(authorization).replace(/^Bearer /, '');
  return token === '' ? { type: 'none' } : { type: 'bearer', token };
}

async function textOf(response: ApiResponse, clock: VirtualClock): Promise<string> {
  switch (response.type) {
    case 'object':
      return response.form === 'yaml' ? toYaml(response.object) : JSON.stringify(response.object);
    case 'text':
      return typeof response.body === 'string' ? response.body : Buffer.from(response.body).toString();
    case 'watch': {
      const lines: string[] = [];
      let over = false;
      response.events.start(
        (event) => lines.push(JSON.stringify(event)),
        () => (over = true),
      );
      for (let seconds = 0; !over && seconds < 3600; seconds++) await clock.advance(1000);
      response.events.stop();
      return lines.join('\n');
    }
    case 'bytes': {
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.chunks) chunks.push(chunk);
      return Buffer.concat(chunks).toString();
    }
    default:
      throw new Error(`a ${response.type} answer has no text`);
  }
}

/** A caller inside the process: objects in, frozen objects out. */
export function caller(server: ApiServer, user = ADMIN) {
  const identity = new InProcessIdentity(user);
  return async (method: string, path: string, body?: object, type = 'application/json'): Promise<ApiResponse> => {
    const at = path.indexOf('?');
    return server.handle({
      method,
      path: at < 0 ? path : path.slice(0, at),
      query: new URLSearchParams(at < 0 ? '' : path.slice(at + 1)),
      headers: { 'content-type': type },
      credentials: { type: 'inProcess', identity },
      ...(body === undefined ? {} : { body }),
    });
  };
}
