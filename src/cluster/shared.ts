/**
 * A cluster in an etcd that several servers share: what they must agree on is
 * kept there beside the objects. The first server makes the cluster; all have
 * its keys, so that a token or a certificate of one is good at the others; the
 * simulated nodes belong to one server at a time.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateOptions } from '../cli/host.js';
import { formatTime } from '../apimachinery/time.js';
import { systemClock, type Clock } from '../platform/clock.js';
import type { Quiescence } from '../platform/quiescence.js';
import { randomUid, systemRandom } from '../platform/random.js';
import { openEtcdStore } from '../store/etcd/etcd.js';
import type { EtcdTls } from '../store/etcd/connection.js';
import { createCompactor, type Compactor } from '../store/etcd/compactor.js';
import { prefixEnd, type Store } from '../store/store.js';
import { ClusterError, newConfig, writePrivate, type ClusterConfig, type ClusterPaths } from './home.js';
import { clusterKeys, type ClusterKeys } from './keys.js';
import { hold, Records, type Held } from './records.js';
import { peers, type Peer, type Peers } from './peers.js';
import type { OpenOptions } from './running.js';

export interface EtcdOptions {
  servers: readonly string[];
  /** "/registry" */
  prefix: string;
  tls?: EtcdTls;
}

export interface JoinOptions {
  etcd: EtcdOptions;
  name: string;
  paths: ClusterPaths;
  /** What this server's folder says, where it is one that has joined before. */
  known: ClusterConfig | undefined;
  create: CreateOptions;
  keys: ClusterKeys;
  /** This server's own, kept with its folder. */
  id: string;
  hostname: string;
  created: string;
  clock: Clock;
  says(line: string): void;
}

export interface Membership {
  /** Who this server is on Leases. */
  identity: string;
  /** The cluster's own store. */
  openStore(quiescence: Quiescence): Promise<Store>;
  config: ClusterConfig;
  /** This server is to make the cluster; nobody else joins before `finished`. */
  isNew: boolean;
  /** The cluster is there: others may join. */
  finished(): Promise<void>;
  /** Called, once, when this server's nodes have become another's. */
  onNodesLost(lost: () => void): void;
  compactor: Compactor;
  /** The nodes, where another server runs them. */
  peers: Peers;
  /** Where this server listens, for others to reach the nodes that it runs. */
  advertise(url: string): Promise<void>;
  /** This server ends: nothing waits for an etcd that is not there. */
  hurry(): void;
  close(): Promise<void>;
}

const RECORD_FORMAT = 1;
const ASK_AGAIN_MS = 250;
const CREATION_WAIT_MS = 120_000;

interface ClusterRecord {
  format: number;
  config: ClusterConfig;
}

/** A folder's server and an etcd must belong together. */
export async function joinFrom({ name, create = {}, etcd }: OpenOptions, paths: ClusterPaths, known: ClusterConfig | undefined): Promise<Membership> {
  if (etcd === undefined)
    throw new ClusterError(
      `cluster ${JSON.stringify(name)} is kept in the etcd at ${known!.etcd!.servers.join(',')}, and no server of it runs here; start one with "serve --etcd-servers …"`,
    );
  if (known !== undefined && known.etcd === undefined)
    throw new ClusterError(`cluster ${JSON.stringify(name)} is kept on this machine, not in an etcd; name another with --cluster, or delete it`);
  if (known?.etcd !== undefined && known.etcd.prefix !== etcd.prefix)
    throw new ClusterError(`cluster ${JSON.stringify(name)} is kept below ${known.etcd.prefix}, not ${etcd.prefix}; name another with --cluster`);
  const { hostname, says, ...where } = etcd;
  const id = known?.etcd?.server ?? randomUid(systemRandom);
  return joinCluster({
    etcd: where,
    name,
    paths,
    known,
    create,
    keys: clusterKeys(paths, systemClock),
    id,
    hostname,
    created: formatTime(systemClock.now()),
    clock: systemClock,
    says,
  });
}

const reached = ({ etcd: { servers, tls }, clock }: JoinOptions) => ({ endpoints: servers, clock, ...(tls === undefined ? {} : { tls }) });

/** Rejects with a ClusterError or StoreError that says what does not fit. */
async function joinCluster(options: JoinOptions): Promise<Membership> {
  let ends = false;
  const hurries = (): boolean => ends;
  const whole = await openEtcdStore({ ...reached(options), keyspace: { own: '', theirs: '' }, hurries });
  try {
    const joined = await membership({ ...options, hurries }, whole);
    return { ...joined, hurry: () => void (ends = true) };
  } catch (error) {
    await whole.close();
    throw error;
  }
}

async function membership(options: JoinOptions & { hurries: () => boolean }, whole: Store): Promise<Omit<Membership, 'hurry'>> {
  const { etcd, clock, id, hostname } = options;
  const records = new Records(whole, `minikube-ts${etcd.prefix}/`);
  await shareKeys(options, records, whole);
  const found = await foundOrCreation(options, records);
  const common = 'record' in found ? found.record.config : newConfig(options.name, options.create, options.created);
  checkAgrees(common, options);
  // What a server runs is what its command says; what the cluster is was said once.
  const { components } = newConfig(
    options.name,
    { bare: common.bare, ...(options.create.components === undefined ? {} : { components: options.create.components }) },
    options.created,
  );
  const { nodes, config } = await takeNodes({ ...common, name: options.name, components }, options, records);
  const others = peers({ hostname, keys: options.keys, find: otherWithNodes });
  const held: Held[] = [nodes, 'creation' in found ? found.creation : undefined].filter((one) => one !== undefined);
  return {
    identity: `${hostname}_${randomUid(systemRandom)}`,
    openStore: (quiescence) =>
      openEtcdStore({ ...reached(options), keyspace: { own: '/registry/', theirs: `${etcd.prefix}/` }, quiescence, hurries: options.hurries }),
    config: { ...config, etcd: { servers: etcd.servers, prefix: etcd.prefix, server: id } },
    isNew: 'creation' in found,
    async finished() {
      if (!('creation' in found)) return;
      await records.write('cluster', { format: RECORD_FORMAT, config: common } satisfies ClusterRecord);
      await found.creation.release();
    },
    onNodesLost: (lost) => nodes?.onLost(lost),
    compactor: createCompactor(whole),
    peers: others,
    advertise: async (url) => nodes?.tell({ url }),
    async close() {
      others.close();
      // An etcd that is gone keeps nobody from ending; what was held ends by itself.
      await Promise.allSettled(held.map((one) => one.release()));
      await whole.close();
    },
  };

  /** Never this server: it would ask itself. */
  async function otherWithNodes(): Promise<Peer | undefined> {
    const owner = await records.read<Peer & { id: string }>('nodes');
    return owner?.id === id ? undefined : owner;
  }

  async function foundOrCreation({ says }: JoinOptions, records: Records): Promise<{ record: ClusterRecord } | { creation: Held }> {
    const until = clock.now() + CREATION_WAIT_MS;
    for (let told = false; clock.now() < until; told = true) {
      const record = await readRecord(records, etcd);
      if (record !== undefined) return { record };
      const creation = await hold(records, 'creating', { id, hostname }, clock);
      if (creation !== undefined) {
        const meanwhile = await readRecord(records, etcd);
        if (meanwhile === undefined) return { creation };
        await creation.release();
        return { record: meanwhile };
      }
      if (!told) says('another server is making the cluster; waiting for it');
      await new Promise<void>((resolve) => clock.after(ASK_AGAIN_MS, resolve));
    }
    throw new ClusterError(`another server has been making the cluster in the etcd at ${etcd.servers.join(',')} for more than ${CREATION_WAIT_MS / 1000} s`);
  }
}

async function readRecord(records: Records, { servers }: EtcdOptions): Promise<ClusterRecord | undefined> {
  const record = await records.read<ClusterRecord>('cluster');
  if (record !== undefined && record.format > RECORD_FORMAT)
    throw new ClusterError(
      `the cluster in the etcd at ${servers.join(',')} was made by a newer minikube-ts (format ${record.format}; this one reads up to ${RECORD_FORMAT})`,
    );
  return record;
}

/** What all servers have in common cannot be asked for differently. */
function checkAgrees(common: ClusterConfig, { create, name, etcd }: JoinOptions): void {
  const { components: _, ...asked } = create;
  if (Object.values(asked).every((value) => value === undefined)) return;
  const wanted = newConfig(name, asked, common.created);
  if (JSON.stringify([wanted.nodes, wanted.addons, wanted.images, wanted.bare]) === JSON.stringify([common.nodes, common.addons, common.images, common.bare]))
    return;
  throw new ClusterError(
    `the cluster in the etcd at ${etcd.servers.join(',')} was made with other settings; leave --nodes, --addons, --images and --bare out to join it, or name another --etcd-prefix`,
  );
}

async function takeNodes(
  config: ClusterConfig,
  { create, id, hostname, clock, says }: JoinOptions,
  records: Records,
): Promise<{ nodes: Held | undefined; config: ClusterConfig }> {
  if (config.nodes.length === 0 || !config.components.includes('kubelets')) return { nodes: undefined, config };
  const nodes = await hold(records, 'nodes', { id, hostname }, clock);
  if (nodes !== undefined) return { nodes, config };
  const owner = (await records.read<{ hostname: string }>('nodes'))?.hostname ?? 'another machine';
  if (create.components?.includes('kubelets') === true)
    throw new ClusterError(`the nodes of this cluster are run by the server on ${owner}; leave kubelets out of --components, or end that server first`);
  says(`the nodes are run by the server on ${owner}; this one runs ${config.components.filter((part) => part !== 'kubelets').join(', ')}`);
  return { nodes: undefined, config: { ...config, components: config.components.filter((part) => part !== 'kubelets') } };
}

/** The files of pki/ that are the cluster's and not one server's. */
const SHARED_FILES = ['ca.crt', 'ca.key', 'front-proxy-client.crt', 'front-proxy-client.key', 'sa.key'] as const;

/** Whoever comes first gives the keys. Refuses an etcd that is somebody else's. */
async function shareKeys({ etcd, paths, known, keys }: JoinOptions, records: Records, whole: Store): Promise<void> {
  let theirs = await records.read<Record<string, string>>('keys');
  if (theirs === undefined) {
    const { count } = await whole.range({ key: `${etcd.prefix}/`, end: prefixEnd(`${etcd.prefix}/`), countOnly: true });
    if (count > 0)
      throw new ClusterError(
        `the etcd at ${etcd.servers.join(',')} holds ${count} keys below ${etcd.prefix} that minikube-ts did not write; name another --etcd-prefix`,
      );
    await Promise.all([keys.authority(), keys.frontProxy(), keys.tokenKey()]);
    const ours = Object.fromEntries(SHARED_FILES.map((file) => [file, readFileSync(join(paths.pki, file), 'utf8')]));
    if (await records.create('keys', ours)) return;
    theirs = await records.read<Record<string, string>>('keys');
  }
  for (const file of SHARED_FILES) {
    const path = join(paths.pki, file);
    const content = theirs?.[file];
    if (content === undefined) throw new ClusterError(`the etcd at ${etcd.servers.join(',')} holds no ${file} of its cluster`);
    if (existsSync(path) && readFileSync(path, 'utf8') === content) continue;
    if (known !== undefined)
      throw new ClusterError(
        `the etcd at ${etcd.servers.join(',')} holds another cluster than the one that ${paths.folder} belongs to; join it with another --cluster, or name another --etcd-prefix`,
      );
    mkdirSync(paths.pki, { recursive: true, mode: 0o700 });
    writePrivate(path, content);
  }
}
