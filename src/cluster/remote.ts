/** An ordinary client of whatever a kubeconfig or --server names, a real cluster included. */
import { existsSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseYaml } from '../apimachinery/yaml.js';
import type { ApiHandler } from '../apimachinery/request.js';
import type { Session, Target, Terminal } from '../cli/host.js';
import { kubeconfigProblem } from '../cli/commands/config/types.js';
import { httpHandler } from '../client/http.js';
import { resolveKubeconfig, type Resolved } from '../client/clientconfig.js';
import { KubeconfigError, loadKubeconfig, type Kubeconfig } from '../client/kubeconfig.js';
import { inGoWords } from '../platform/goerrors.js';
import { systemClock } from '../platform/clock.js';

interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** Whom to ask where a kubeconfig does not say who we are; absent: nobody. */
  terminal?: Terminal;
}

const DEFAULT_SERVER = 'http://localhost:8080';

export async function connectRemote(target: Target, { env, cwd, terminal }: Surroundings): Promise<Session> {
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(cwd, path));
  // What the flag names must be there; of what the environment names, whatever is there counts.
  if (target.kubeconfig !== undefined) inGoWords('stat', target.kubeconfig, () => statSync(absolute(filesOf(target, env)[0]!)));
  const files = filesOf(target, env).filter((path) => existsSync(absolute(path)));
  const config: Kubeconfig = files.length === 0 ? { clusters: [], contexts: [], users: [] } : loadKubeconfig(files, parseFile, absolute);
  const file = (path: string | undefined): string | undefined => (path === undefined ? undefined : absolute(path));
  const resolved = resolveKubeconfig(config, {
    ...present({
      ...target,
      certificateAuthority: file(target.certificateAuthority),
      clientCertificate: file(target.clientCertificate),
      clientKey: file(target.clientKey),
    }),
    defaultServer: env.KUBERNETES_MASTER || DEFAULT_SERVER,
  });
  const { server } = resolved.target;
  const exec = resolved.exec === undefined || resolved.target.token !== undefined || target.clientCertificate !== undefined ? undefined : resolved.exec;
  const credential =
    exec === undefined
      ? {}
      : (await import('./execcredential.js')).execCredential(exec.config, {
          ...exec,
          env,
          cwd,
          interactive: process.stdin.isTTY === true,
          ...given('policy', target.pluginPolicy),
        });
  const basic = resolved.anonymous && files.length > 0 && terminal !== undefined ? await (await import('./prompt.js')).promptForUser(terminal) : resolved.basic;
  const handler = httpHandler({ ...resolved.target, ...credential });
  return {
    handler: basic === undefined ? handler : withBasic(handler, basic),
    credentials: target.token === undefined ? { type: 'none' } : { type: 'bearer', token: target.token },
    clock: systemClock,
    namespace: resolved.namespace ?? 'default',
    server,
    ...given('serverCa', resolved.target.ca?.toString()),
    embedded: false,
    settle: async () => {},
    async close() {
      handler.close();
    },
  };
}

/** Every request with a name and a password. */
function withBasic(handler: ApiHandler, { username, password }: NonNullable<Resolved['basic']>): ApiHandler {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return { handle: (request) => handler.handle({ ...request, headers: { ...request.headers, authorization } }) };
}

const present = <T extends object>(values: T): { [Key in keyof T]: Exclude<T[Key], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [Key in keyof T]: Exclude<T[Key], undefined> };
const given = <Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } =>
  value === undefined ? {} : ({ [key]: value } as { [key in Key]: Value });

/** --kubeconfig names one file; KUBECONFIG several; --server alone needs none. */
export function filesOf(target: Target, env: Surroundings['env']): string[] {
  if (target.kubeconfig !== undefined) return [target.kubeconfig.replace(/^~(?=\/)/, homedir())];
  const listed = (env.KUBECONFIG ?? '').split(process.platform === 'win32' ? ';' : ':').filter((path) => path !== '');
  return listed;
}

function parseFile(text: string, file: string): any {
  const failed = (why: string): KubeconfigError => new KubeconfigError(`error loading config file ${JSON.stringify(file)}: ${why}`);
  let data: any;
  try {
    data = parseYaml(text);
  } catch (error) {
    throw failed((error as Error).message.split('\n')[0]!);
  }
  const { apiVersion, kind } = data ?? {};
  // Neither is asked for; what is said must be true.
  if ((kind ?? 'Config') !== 'Config' || (apiVersion ?? 'v1') !== 'v1')
    throw failed(`no kind ${JSON.stringify(kind ?? '')} is registered for version ${JSON.stringify(apiVersion ?? '')} in scheme "pkg/runtime/scheme.go:111"`);
  const problem = kubeconfigProblem(data) ?? badData(data);
  if (problem !== undefined) throw failed(problem);
  return data;
}

/** What Go's base64 says of inline data that is none. */
function badData(data: any): string | undefined {
  const holders = [...(data?.clusters ?? []).map(({ cluster }: any) => cluster), ...(data?.users ?? []).map(({ user }: any) => user)];
  for (const holder of holders) {
    for (const [name, value] of Object.entries<any>(holder ?? {})) {
      if (!name.endsWith('-data') || typeof value !== 'string') continue;
      const body = value.replace(/[\r\n]/g, '');
      const good = /^[A-Za-z0-9+/]*={0,2}/.exec(body)![0].length;
      if (good < body.length || body.length % 4 !== 0)
        return `illegal base64 data at input byte ${good < body.length ? good : body.length - (body.length % 4)}`;
    }
  }
  return undefined;
}
