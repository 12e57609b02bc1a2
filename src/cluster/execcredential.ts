/**
 * Credentials from a program that a kubeconfig names (client.authentication.k8s.io):
 * run once a command, asked over KUBERNETES_EXEC_INFO, answering on its standard output.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import type { PluginPolicy } from '../cli/host.js';
import type { ExecConfig } from '../client/clientconfig.js';
import { ConnectionError } from '../client/http.js';

export interface ExecCredential {
  token?: string;
  cert?: Buffer;
  key?: Buffer;
}

export interface ExecSurroundings {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** What provideClusterInfo hands over. */
  cluster: Readonly<Record<string, unknown>>;
  interactive: boolean;
  policy?: PluginPolicy;
}

const GROUP = 'client.authentication.k8s.io';

/** Throws ConnectionError in client-go's words. */
export function execCredential(config: ExecConfig, surroundings: ExecSurroundings): ExecCredential {
  checkConfig(config);
  try {
    return parsed(config, run(config, surroundings));
  } catch (error) {
    throw new ConnectionError(`Unable to connect to the server: getting credentials: ${(error as Error).message}`, undefined);
  }
}

function checkConfig({ apiVersion }: ExecConfig): void {
  if (apiVersion !== `${GROUP}/v1` && apiVersion !== `${GROUP}/v1beta1`) throw new Error(`exec plugin: invalid apiVersion ${JSON.stringify(apiVersion)}`);
}

function run(config: ExecConfig, { env, cwd, cluster, interactive: isTerminal, policy }: ExecSurroundings): string {
  const { command, args = [], apiVersion, interactiveMode = 'IfAvailable', provideClusterInfo, installHint } = config;
  if (interactiveMode === 'Always' && !isTerminal) throw new Error('exec plugin cannot support interactive mode: standard input is not a terminal');
  const interactive = isTerminal && interactiveMode !== 'Never';
  const info = { kind: 'ExecCredential', apiVersion, spec: { interactive, ...(provideClusterInfo ? { cluster } : {}) } };
  const path = pathOf(command, { env, cwd });
  checkPolicy(command, path, policy, { env, cwd });
  const own = Object.fromEntries((config.env ?? []).map(({ name, value }) => [name, value ?? '']));
  const ended =
    path === undefined
      ? undefined
      : spawnSync(path, args, {
          cwd,
          env: { ...env, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) } as NodeJS.ProcessEnv,
          stdio: [interactive ? 'inherit' : 'ignore', 'pipe', 'inherit'],
        });
  if (command.includes('/') && (ended?.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new Error(`exec: fork/exec ${path}: no such file or directory`);
  if (ended === undefined || (ended.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new Error(`exec: executable ${command} not found${HINT}${installHint ? `\n\n${installHint}` : ''}`);
  if (ended.error !== undefined) throw new Error(`exec: ${ended.error.message}`);
  if (ended.status !== 0) throw new Error(`exec: executable ${command} failed with exit code ${ended.status ?? -1}`);
  return ended.stdout.toString('utf8');
}

const HINT = `

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins`;

/** Where a program is; undefined where PATH has none of that name. */
function pathOf(command: string, { env, cwd }: Pick<ExecSurroundings, 'env' | 'cwd'>): string | undefined {
  if (command.includes('/')) return isAbsolute(command) ? command : join(cwd, command);
  return (env.PATH ?? '')
    .split(':')
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, command))
    .find((file) => existsSync(file));
}

function checkPolicy(command: string, path: string | undefined, policy: PluginPolicy | undefined, place: Pick<ExecSurroundings, 'env' | 'cwd'>): void {
  if (policy?.type === 'DenyAll') throw new Error(`plugin ${JSON.stringify(command)} not allowed: policy set to "DenyAll"`);
  if (policy?.type !== 'Allowlist' || path === undefined) return;
  const allowed = policy.commands.some((entry) => (entry.includes('/') ? entry === path : basename(path) === entry && pathOf(entry, place) === path));
  if (!allowed) throw new Error(`plugin path ${JSON.stringify(path)} is not permitted by the credential plugin allowlist`);
}

function parsed({ apiVersion }: ExecConfig, text: string): ExecCredential {
  let answer: any;
  try {
    answer = JSON.parse(text);
  } catch (error) {
    throw new Error(`decoding stdout: couldn't get version/kind; json parse error: ${(error as Error).message}`, { cause: error });
  }
  if (!answer?.kind) throw new Error("decoding stdout: Object 'Kind' is missing in '" + text.trimEnd() + "\n'");
  if (answer.apiVersion !== apiVersion)
    throw new Error(`exec plugin is configured to use API version ${apiVersion}, plugin returned version ${answer.apiVersion}`);
  const { status } = answer;
  if (status === undefined || status === null) throw new Error("exec plugin didn't return a status field");
  const { token = '', clientCertificateData: cert = '', clientKeyData: key = '' } = status;
  if (token === '' && cert === '' && key === '') throw new Error("exec plugin didn't return a token or cert/key pair");
  if ((cert === '') !== (key === '')) throw new Error('exec plugin returned only certificate or key, not both');
  return { ...(token === '' ? {} : { token }), ...(cert === '' ? {} : { cert: Buffer.from(cert), key: Buffer.from(key) }) };
}
