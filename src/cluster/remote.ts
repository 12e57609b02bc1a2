/** An ordinary client of whatever a kubeconfig or --server names, a real cluster included. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { parseYaml } from '../apimachinery/yaml.js';
import type { Session, Target } from '../cli/host.js';
import { httpHandler } from '../client/http.js';
import { KubeconfigError, loadKubeconfig, resolveKubeconfig, type Kubeconfig } from '../client/kubeconfig.js';
import { inGoWords } from '../platform/goerrors.js';
import { systemClock } from '../platform/clock.js';

interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

export async function connectRemote(target: Target, { env, cwd }: Surroundings): Promise<Session> {
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(cwd, path));
  // What the flag names must be there; of what the environment names, whatever is there counts.
  if (target.kubeconfig !== undefined) inGoWords('stat', target.kubeconfig, () => statSync(absolute(filesOf(target, env)[0]!)));
  const files = filesOf(target, env).map(absolute).filter((path) => existsSync(path));
  const config: Kubeconfig = files.length === 0 ? { clusters: [], contexts: [], users: [] } : loadKubeconfig(files, parseFile);
  const resolved = resolveKubeconfig(config, { ...(target.context === undefined ? {} : { context: target.context }), ...(target.cluster === undefined ? {} : { cluster: target.cluster }), ...(target.user === undefined ? {} : { user: target.user }) });
  const exec = resolved.exec === undefined || target.token !== undefined || resolved.target.token !== undefined || target.clientCertificate !== undefined ? undefined : resolved.exec;
  const credential = exec === undefined ? {} : (await import('./execcredential.js')).execCredential(exec.config, { ...exec, env, cwd, interactive: process.stdin.isTTY === true, ...given('policy', target.pluginPolicy) });
  const file = (path: string | undefined): Buffer | undefined => (path === undefined ? undefined : readFileSync(absolute(path)));
  const server = target.server === undefined ? resolved.target.server : /^https?:\/\//.test(target.server) ? target.server : `http://${target.server}`;
  const handler = httpHandler({
    ...resolved.target,
    ...credential,
    server,
    ...given('ca', file(target.certificateAuthority)),
    ...given('cert', file(target.clientCertificate)),
    ...given('key', file(target.clientKey)),
    ...given('token', target.token),
    ...given('insecureSkipTlsVerify', target.insecureSkipTlsVerify),
    ...given('tlsServerName', target.tlsServerName),
  });
  return {
    handler,
    credentials: target.token === undefined ? { type: 'none' } : { type: 'bearer', token: target.token },
    clock: systemClock,
    namespace: resolved.namespace ?? 'default',
    server,
    ...given('serverCa', (file(target.certificateAuthority) ?? resolved.target.ca)?.toString()),
    embedded: false,
    settle: async () => {},
    async close() {
      handler.close();
    },
  };
}

const given = <Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } => (value === undefined ? {} : ({ [key]: value } as { [key in Key]: Value }));

/** --kubeconfig names one file; KUBECONFIG several; --server alone needs none. */
export function filesOf(target: Target, env: Surroundings['env']): string[] {
  if (target.kubeconfig !== undefined) return [target.kubeconfig.replace(/^~(?=\/)/, homedir())];
  const listed = (env.KUBECONFIG ?? '').split(process.platform === 'win32' ? ';' : ':').filter((path) => path !== '');
  return listed;
}

function parseFile(text: string, file: string): any {
  try {
    return parseYaml(text);
  } catch (error) {
    throw new KubeconfigError(`error loading config file ${JSON.stringify(file)}: ${(error as Error).message.split('\n')[0]}`);
  }
}
