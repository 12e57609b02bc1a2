/**
 * From a kubeconfig and what flags say besides to a server and who we are
 * there, as client-go's clientcmd does it: flags over the file, what cannot
 * be meant refused in its words, then certificates, keys and authorities read.
 */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { inGoWords } from '../platform/goerrors.js';
import type { HttpTarget } from './http.js';
import { ConfigurationError, KubeconfigError, type Kubeconfig } from './kubeconfig.js';

export interface KubeconfigChoice {
  context?: string;
  cluster?: string;
  user?: string;
  server?: string;
  token?: string;
  /** Paths of PEM files. */
  certificateAuthority?: string;
  clientCertificate?: string;
  clientKey?: string;
  insecureSkipTlsVerify?: boolean;
  tlsServerName?: string;
  /** The namespace is asked for before anything else: what cannot be used is told all at once. */
  asksNamespace?: boolean;
  /** The server where the file names none. */
  defaultServer: string;
}

/** A program that gives credentials. */
export interface ExecConfig {
  command: string;
  args?: string[];
  env?: { name: string; value?: string }[];
  apiVersion?: string;
  interactiveMode?: string;
  provideClusterInfo?: boolean;
  installHint?: string;
}

export interface Resolved {
  target: HttpTarget;
  namespace: string | undefined;
  context: string | undefined;
  /** The program to ask for credentials, the user it is for, and the cluster as it may be told of it. */
  exec?: { config: ExecConfig; user: string; cluster: Readonly<Record<string, unknown>> };
  /** For a server that is asked for a name and a password. */
  basic?: { username: string; password: string };
  /** Nothing says who we are to a server that is spoken to over TLS. */
  anonymous: boolean;
}

/** Where the chosen (or current) context leads. */
export function resolveKubeconfig(config: Kubeconfig, choice: KubeconfigChoice): Resolved {
  const contextName = choice.context ?? config['current-context'] ?? '';
  const context = config.contexts.find(({ name }) => name === contextName)?.context;
  const userName: string = choice.user ?? context?.user ?? '';
  const clusterName: string = choice.cluster ?? context?.cluster ?? '';
  const ofFile = { user: config.users.find(({ name }) => name === userName)?.user, cluster: config.clusters.find(({ name }) => name === clusterName)?.cluster };
  const hasContext = contextName === '' || context !== undefined;
  const absentCluster = choice.cluster !== undefined && ofFile.cluster === undefined;
  const user = withUserFlags(ofFile.user ?? {}, choice);
  const cluster = withClusterFlags(absentCluster ? {} : { server: choice.defaultServer, ...present(ofFile.cluster ?? {}) }, choice);
  const confirm = (): void =>
    confirmUsable(
      [
        ...(hasContext ? [] : [`context was not found for specified context: ${contextName}`]),
        ...userProblems(user, userName),
        ...clusterProblems(cluster, clusterName),
      ],
      hasContext,
    );
  if (choice.asksNamespace) confirm();
  if (choice.user !== undefined && ofFile.user === undefined) throw new KubeconfigError(`auth info ${JSON.stringify(userName)} does not exist`);
  if (choice.context !== undefined && context === undefined) throw new KubeconfigError(`context ${JSON.stringify(contextName)} does not exist`);
  if (absentCluster) throw new KubeconfigError(`cluster ${JSON.stringify(clusterName)} does not exist`);
  confirm();
  return { ...reached(user, cluster, userName), namespace: context?.namespace || undefined, context: contextName || undefined };
}

/** A single problem is told as itself, save that of a context. */
function confirmUsable(problems: readonly string[], hasContext: boolean): void {
  if (problems.length > 1) throw new ConfigurationError(`Error in configuration: \n${problems.map((problem) => `* ${problem}\n`).join('')}`);
  if (problems.length === 1) throw hasContext ? new KubeconfigError(problems[0]!) : new ConfigurationError(`Error in configuration: ${problems[0]}`);
}

function withUserFlags(user: any, { token, clientCertificate, clientKey }: KubeconfigChoice): any {
  return {
    ...present(user),
    ...(token === undefined ? {} : { token }),
    ...(clientCertificate === undefined ? {} : { 'client-certificate': clientCertificate, 'client-certificate-data': undefined }),
    ...(clientKey === undefined ? {} : { 'client-key': clientKey, 'client-key-data': undefined }),
  };
}

function withClusterFlags(cluster: any, { server, certificateAuthority, insecureSkipTlsVerify, tlsServerName }: KubeconfigChoice): any {
  const trust = insecureSkipTlsVerify === true || certificateAuthority !== undefined;
  return {
    ...cluster,
    ...(server === undefined ? {} : { server }),
    ...(trust
      ? { 'insecure-skip-tls-verify': insecureSkipTlsVerify === true, 'certificate-authority': certificateAuthority, 'certificate-authority-data': undefined }
      : {}),
    // Another server is another name, too.
    ...(tlsServerName !== undefined || server !== undefined ? { 'tls-server-name': tlsServerName } : {}),
  };
}

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const present = (fields: any): any => Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => isSet(value)));

function userProblems(user: any, name: string): string[] {
  const problems: string[] = [];
  const has = (field: string): boolean => isSet(user[field]);
  if (has('client-certificate') || has('client-certificate-data')) {
    if (has('client-certificate') && has('client-certificate-data'))
      problems.push(`client-cert-data and client-cert are both specified for ${name}. client-cert-data will override.`);
    if (has('client-key') && has('client-key-data'))
      problems.push(`client-key-data and client-key are both specified for ${name}; client-key-data will override`);
    if (!has('client-key') && !has('client-key-data'))
      problems.push(`client-key-data or client-key must be specified for ${name} to use the clientCert authentication method.`);
    problems.push(...unreadable('client-cert', user['client-certificate'], name), ...unreadable('client-key', user['client-key'], name));
  }
  if (user.exec) problems.push(...execProblems(user.exec, user, name));
  const methods = [...(has('token') ? ['token'] : []), ...(has('username') || has('password') ? ['basicAuth'] : [])];
  if (methods.length > 1) problems.push(`more than one authentication method found for ${name}; found [${methods.join(' ')}], only one is allowed`);
  if ((has('as-uid') || has('as-groups') || has('as-user-extra')) && !has('as'))
    problems.push(`requesting uid, groups or user-extra for ${name} without impersonating a user`);
  return problems;
}

function execProblems({ command, apiVersion, env, interactiveMode }: ExecConfig, user: any, name: string): string[] {
  const problems: string[] = [];
  const must = (what: string): string => `${what} must be specified for ${name} to use exec authentication plugin`;
  if (isSet(user['auth-provider'])) problems.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`);
  if (!command) problems.push(must('command'));
  if (!apiVersion) problems.push(must('apiVersion'));
  for (const variable of env ?? []) if (!variable.name) problems.push(must('env variable name'));
  // Only the oldest version goes without.
  if (!interactiveMode && apiVersion !== 'client.authentication.k8s.io/v1beta1') problems.push(must('interactiveMode'));
  if (interactiveMode && !['Never', 'IfAvailable', 'Always'].includes(interactiveMode))
    problems.push(`invalid interactiveMode for ${name}: ${JSON.stringify(interactiveMode)}`);
  return problems;
}

function clusterProblems(cluster: any, name: string): string[] {
  const problems: string[] = [];
  if (!isSet(cluster.server)) problems.push(name === '' ? 'default cluster has no server defined' : `no server found for cluster ${JSON.stringify(name)}`);
  if (isSet(cluster['certificate-authority']) && isSet(cluster['certificate-authority-data'])) {
    problems.push(`certificate-authority-data and certificate-authority are both specified for ${name}. certificate-authority-data will override.`);
  }
  return [...problems, ...unreadable('certificate-authority', cluster['certificate-authority'], name)];
}

function unreadable(what: string, file: unknown, name: string): string[] {
  if (typeof file !== 'string' || file === '') return [];
  try {
    closeSync(inGoWords('open', file, () => openSync(file, 'r')));
    return [];
  } catch (error) {
    return [`unable to read ${what} ${file} for ${name} due to ${(error as Error).message}`];
  }
}

function reached(user: any, cluster: any, userName: string): Pick<Resolved, 'target' | 'exec' | 'basic' | 'anonymous'> {
  const { ca, server, insecureSkipTlsVerify } = trustOf(cluster);
  // A server without TLS is told nothing of who asks.
  const who = server.startsWith('https:') ? user : {};
  const token: string | undefined =
    who.token ||
    (who.tokenFile ? inGoWords('open', who.tokenFile, () => readFileSync(who.tokenFile, 'utf8')).trim() : undefined) ||
    provided(who['auth-provider']);
  const pair = keyPair(material(who, 'client-certificate'), material(who, 'client-key'));
  return {
    target: {
      server,
      ...(ca === undefined ? {} : { ca }),
      ...pair,
      ...(token ? { token } : {}),
      ...(insecureSkipTlsVerify ? { insecureSkipTlsVerify } : {}),
      ...(cluster['tls-server-name'] ? { tlsServerName: cluster['tls-server-name'] } : {}),
    },
    ...(who.username ? { basic: { username: who.username, password: who.password ?? '' } } : {}),
    ...(who.exec ? { exec: { config: who.exec, user: userName, cluster: clusterInfo(cluster, ca) } } : {}),
    anonymous: server.startsWith('https:') && pair === undefined && !token && !who.username && !who.exec,
  };
}

function trustOf(cluster: any): { server: string; ca: Buffer | undefined; insecureSkipTlsVerify: boolean } {
  const named: string = cluster.server;
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`);
  if (url === null || url.host === '') throw new KubeconfigError(`host must be a URL or a host:port pair: ${JSON.stringify(named)}`);
  const ca = material(cluster, 'certificate-authority');
  const insecureSkipTlsVerify = cluster['insecure-skip-tls-verify'] === true;
  if (ca !== undefined && insecureSkipTlsVerify) throw new KubeconfigError('specifying a root certificates file with the insecure flag is not allowed');
  if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----'))
    throw new KubeconfigError('unable to load root certificates: unable to parse bytes as PEM block');
  return { server: /^[a-z][a-z0-9+.-]*:\/\//i.test(named) ? named : `http://${named}`, ca, insecureSkipTlsVerify };
}

/** As Go's tls.X509KeyPair reads the two; whether one is the other's is told when a connection is made. */
function keyPair(cert: Buffer | undefined, key: Buffer | undefined): { cert: Buffer; key: Buffer } | undefined {
  if (cert === undefined || key === undefined) return undefined;
  const isPem = (data: Buffer): boolean => data.includes('-----BEGIN ');
  if (!isPem(cert)) throw new KubeconfigError('tls: failed to find any PEM data in certificate input');
  if (!isPem(key)) throw new KubeconfigError('tls: failed to find any PEM data in key input');
  if (!cert.includes('-----BEGIN CERTIFICATE-----'))
    throw new KubeconfigError(
      'tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: [PRIVATE KEY]',
    );
  return { cert, key };
}

const GONE: Readonly<Record<string, string>> = {
  gcp: 'The gcp auth plugin has been removed.\nPlease use the "gke-gcloud-auth-plugin" kubectl/client-go credential plugin instead.\nSee https://cloud.google.com/blog/products/containers-kubernetes/kubectl-auth-changes-in-gke for further details',
  azure:
    'The azure auth plugin has been removed.\nPlease use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.\nSee https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins for further details',
};

/** The token that an OpenID provider gave; other providers are no more. */
function provided(provider: any): string | undefined {
  if (!provider) return undefined;
  if (provider.name === 'oidc') return provider.config?.['id-token'];
  throw new KubeconfigError(GONE[provider.name] ?? `no Auth Provider found for name ${JSON.stringify(provider.name)}`);
}

/** What provideClusterInfo tells, in ExecCredential's own field names. */
function clusterInfo(cluster: any, ca: Buffer | undefined): Record<string, unknown> {
  const config = (cluster?.extensions ?? []).find(({ name }: any) => name === 'client.authentication.k8s.io/exec')?.extension;
  return {
    server: cluster?.server,
    ...(cluster?.['tls-server-name'] ? { 'tls-server-name': cluster['tls-server-name'] } : {}),
    ...(cluster?.['insecure-skip-tls-verify'] ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca === undefined ? {} : { 'certificate-authority-data': ca.toString('base64') }),
    ...(cluster?.['proxy-url'] ? { 'proxy-url': cluster['proxy-url'] } : {}),
    config: config ?? null,
  };
}

/** Inline data, or the file that is named. */
function material(holder: any, name: string): Buffer | undefined {
  const data = holder?.[`${name}-data`];
  if (typeof data === 'string' && data !== '') return Buffer.from(data, 'base64');
  const file = holder?.[name];
  return typeof file === 'string' && file !== '' ? inGoWords('open', file, () => readFileSync(file)) : undefined;
}
