/** The world as the command line sees it: which cluster a command speaks to, files, programs. Wiring; each way to a cluster is loaded when it is taken. */
import { isAbsolute, join } from 'node:path';
import { existsSync, lstatSync, readFileSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import type { AloneOptions, Clusters, Host, Need, ServeOptions, Session, Target, Terminal } from '../cli/host.js';
import { systemClock } from '../platform/clock.js';
import { inGoWords } from '../platform/goerrors.js';
import type { EmbeddedUser } from './embeddeduser.js';
import { ADMIN_NAME, clusterOfContext, DEFAULT_CLUSTER, embeddedContexts, readChoice } from './contexts.js';
import { ClusterError, clusterNames, clusterPaths } from './home.js';
import { machine } from './machine.js';

export interface HostOptions {
  terminal: Terminal;
  root: string;
  home: string;
  program: string;
  version: string;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
}

function lookAt(path: string): ReturnType<Host['lookAt']> {
  const found = lstatSync(path);
  const type = found.isSymbolicLink() ? 'link' : found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
  return { type, mode: found.mode & 0o7777, ...(type === 'link' ? { link: readlinkSync(path) } : {}) };
}

export function createHost(options: HostOptions): Host {
  const { terminal, root, home, program, version, env, cwd } = options;
  const place = { root, home };
  const clusterName = (named: string | undefined): string => named ?? (env.MINIKUBE_TS_CLUSTER || (readChoice(home).cluster ?? DEFAULT_CLUSTER));
  const absolute = (path: string): string => (isAbsolute(path) ? path : join(cwd, path));
  return {
    env,
    cwd,
    home,
    program,
    version,
    terminal,
    clock: systemClock,
    connect: (target, need) => connect(target, need),
    serve: async (serveOptions) =>
      (await import('./serve.js')).serve({ ...place, name: clusterName(serveOptions.cluster), terminal, options: withPaths(serveOptions) }),
    async runAlone(named, options) {
      const target = await reachedBy(named, options);
      if (!isRemote(target)) throw new ClusterError(`${options.component} needs an API server: name one with --kubeconfig or --server`);
      const { runAlone } = await import('./alone.js');
      const session = await connect(target, 'stay');
      const { rootCaFile } = options;
      return runAlone({
        session,
        home,
        hostname: process.getBuiltinModule('node:os').hostname(),
        terminal,
        options: { ...options, ...(rootCaFile === undefined ? {} : { rootCaFile: absolute(rootCaFile) }) },
      }).finally(() => session.close());
    },
    clusters: clusters(place, clusterName),
    contexts: embeddedContexts(home, env.MINIKUBE_TS_CLUSTER || undefined),
    async advanceClock(target, ms) {
      const { advanceClock } = await import('./advance.js');
      return advanceClock({ ...place, name: clusterName(target.cluster), ms });
    },
    readFile: (path) => inGoWords('open', path, () => readFileSync(absolute(path))),
    writeFile: (path, content, { mode } = {}) => inGoWords('open', path, () => writeFileSync(absolute(path), content, mode === undefined ? {} : { mode })),
    listFolder: (path) => inGoWords('stat', path, () => (statSync(absolute(path)).isDirectory() ? readdirSync(absolute(path)).sort() : undefined)),
    lookAt: (path) => inGoWords('lstat', path, () => lookAt(absolute(path))),
    ...machine(absolute),
    serveHttp: async (at, handler) => (await import('./servehttp.js')).serveHttp('path' in at ? { path: absolute(at.path) } : at, handler),
    etcd: async (target) => (await import('./etcd.js')).openEtcd({ ...place, name: clusterName(target.cluster) }),
    async spawn(command, args, spawnOptions) {
      const { spawnProgram } = await import('./spawn.js');
      return spawnProgram(command, args, { cwd, env: { ...env }, ...spawnOptions });
    },
  };

  function withPaths({ kubeconfig, etcd, ...rest }: ServeOptions): ServeOptions {
    const file = <K extends string>(name: K, path: string | undefined) => (path === undefined ? {} : ({ [name]: absolute(path) } as Record<K, string>));
    return {
      ...rest,
      ...file('kubeconfig', kubeconfig),
      ...(etcd && { etcd: { ...etcd, ...file('caFile', etcd.caFile), ...file('certFile', etcd.certFile), ...file('keyFile', etcd.keyFile) } }),
    };
  }

  /** Where nothing else names an API server, the scheduler's configuration may. */
  async function reachedBy(target: Target, { schedulerConfig }: AloneOptions): Promise<Target> {
    if (schedulerConfig === undefined || isRemote(target)) return target;
    const { readSchedulerConfig } = await import('./schedulerconfig.js');
    const { kubeconfig } = await readSchedulerConfig(schedulerConfig);
    return kubeconfig === undefined ? target : { ...target, kubeconfig };
  }

  function isRemote({ kubeconfig, server }: Target): boolean {
    return kubeconfig !== undefined || server !== undefined || (env.KUBECONFIG ?? '') !== '';
  }

  async function connect(target: Target, need: Need): Promise<Session> {
    const own = isRemote(target) ? target : ownKubeconfig(target);
    if (own !== undefined) {
      const { embeddedUserOf } = own === target ? {} : await import('./embeddeduser.js');
      const user = embeddedUserOf?.(own.kubeconfig!, own, [DEFAULT_CLUSTER, ...clusterNames(home)]);
      if (user !== undefined) return embeddedAs(user, need);
      const { connectRemote } = await import('./remote.js');
      return connectRemote(own, { env, cwd, terminal });
    }
    const name = target.cluster ?? (target.context === undefined ? undefined : clusterOfContext(home, target.context)) ?? clusterName(undefined);
    checkChoice(target, name);
    if (target.token !== undefined || target.clientCertificate !== undefined)
      return embeddedAs((await import('./embeddeduser.js')).userOfFlags(target, name, absolute)!, need);
    return embedded(name, need);
  }

  async function embedded(name: string, need: Need): Promise<Session> {
    const { connectEmbedded } = await import('./embedded/connect.js');
    const session = await connectEmbedded({ ...place, name, need });
    session.namespace = readChoice(home).namespaces?.[name] ?? session.namespace;
    return session;
  }

  async function embeddedAs(user: EmbeddedUser, need: Need): Promise<Session> {
    const { asUser } = await import('./embeddeduser.js');
    return asUser(await embedded(user.cluster, need), home, user);
  }

  /** The user's own kubeconfig, where it was chosen or --context names one of its contexts; undefined: an embedded cluster is meant. */
  function ownKubeconfig(target: Target): Target | undefined {
    const isNamed = target.context !== undefined && clusterOfContext(home, target.context) === undefined;
    const isChosen =
      target.context === undefined &&
      (env.MINIKUBE_TS_CLUSTER ?? '') === '' &&
      (target.cluster === undefined || !clusterNames(home).includes(target.cluster)) &&
      readChoice(home).kubeconfig === true;
    const kubeconfig = join(env.HOME ?? '', '.kube', 'config');
    return (isNamed || isChosen) && existsSync(kubeconfig) ? { ...target, kubeconfig } : undefined;
  }

  // A kubeconfig that `serve` writes has one context and one user; an embedded cluster has the same.
  function checkChoice({ cluster, context, user }: Target, name: string): void {
    if (cluster !== undefined && cluster !== DEFAULT_CLUSTER && cluster !== env.MINIKUBE_TS_CLUSTER && !clusterNames(home).includes(cluster))
      throw new ClusterError(`cluster ${JSON.stringify(cluster)} does not exist`);
    if (context !== undefined && clusterOfContext(home, context) !== name) throw new ClusterError(`context ${JSON.stringify(context)} does not exist`);
    if (user !== undefined && user !== ADMIN_NAME) throw new ClusterError(`auth info ${JSON.stringify(user)} does not exist`);
  }
}

function clusters(place: { root: string; home: string }, clusterName: (named: string | undefined) => string): Clusters {
  const manage = () => import('./manage.js');
  return {
    create: async (name, options) => (await manage()).createCluster(place, name, options),
    list: async () => (await manage()).listClusters(place, clusterName(undefined)),
    delete: async (name) => (await manage()).deleteCluster(place, name),
    path: (name) => clusterPaths(place.home, clusterName(name)).folder,
    setConnected: async (name, node, connected) => (await import('./cutoff.js')).setConnected(place, clusterName(name), node, connected),
    resetControlPlane: async (name) => (await manage()).resetControlPlane(place, clusterName(name)),
  };
}
