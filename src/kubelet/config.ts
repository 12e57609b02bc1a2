/**
 * The kubelet's settings: Kubernetes' defaults, then var/lib/kubelet/config.yaml
 * of the node, then what the caller fixed. The file is read once, at start.
 */
import type { Files } from '../platform/files.js';
import type { Log } from '../platform/component.js';
import { DEFAULT_THRESHOLDS, type Thresholds } from './eviction/pressure.js';

export interface KubeletConfiguration {
  staticPodPath: string;
  clusterDNS: readonly string[];
  clusterDomain: string;
  maxPods: number;
  nodeStatusUpdateFrequencyMs: number;
  nodeStatusReportFrequencyMs: number;
  nodeLeaseDurationSeconds: number;
  /** How often a pod with nothing to do is looked at again; mounted configuration follows at that pace. */
  syncFrequencyMs: number;
  registerNode: boolean;
  /** Names, or the beginnings of names followed by "*". */
  allowedUnsafeSysctls: readonly string[];
  /** When a node is under pressure. */
  evictionHard: Thresholds;
  /** How long a node stays marked after pressure has gone. */
  evictionPressureTransitionPeriodMs: number;
  /** Kept back from pods: quantities by name. */
  kubeReserved: Readonly<Record<string, string>>;
  systemReserved: Readonly<Record<string, string>>;
  /** A container's log file is put aside at this size, and so many are kept in all. */
  containerLogMaxSize: string;
  containerLogMaxFiles: number;
  /** The longest delay of a container that keeps failing. */
  maxContainerRestartPeriodMs: number;
  /** What the node's own resolv.conf holds. */
  resolver: { nameservers: readonly string[]; searches: readonly string[]; options: readonly string[] };
}

const CONFIG_FILE = '/var/lib/kubelet/config.yaml';

const DEFAULTS: KubeletConfiguration = {
  staticPodPath: '/etc/kubernetes/manifests',
  clusterDNS: ['10.96.0.10'],
  clusterDomain: 'cluster.local',
  maxPods: 110,
  nodeStatusUpdateFrequencyMs: 10_000,
  nodeStatusReportFrequencyMs: 300_000,
  nodeLeaseDurationSeconds: 40,
  syncFrequencyMs: 60_000,
  registerNode: true,
  allowedUnsafeSysctls: [],
  evictionHard: DEFAULT_THRESHOLDS,
  evictionPressureTransitionPeriodMs: 300_000,
  kubeReserved: {},
  systemReserved: {},
  containerLogMaxSize: '10Mi',
  containerLogMaxFiles: 5,
  maxContainerRestartPeriodMs: 300_000,
  resolver: { nameservers: [], searches: [], options: [] },
};

export async function loadConfig(files: Files, fixed: Partial<KubeletConfiguration>, log: Log): Promise<KubeletConfiguration> {
  return { ...DEFAULTS, ...resolverOf(files), ...(await readFile(files, log)), ...fixed };
}

async function readFile(files: Files, log: Log): Promise<Partial<KubeletConfiguration>> {
  const bytes = files.read(CONFIG_FILE);
  if (bytes === undefined) return {};
  const [{ parseYaml }, { parseDuration }] = await Promise.all([import('../apimachinery/yaml.js'), import('../apimachinery/time.js')]);
  try {
    const found = (parseYaml(Buffer.from(bytes).toString('utf8')) ?? {}) as Record<string, unknown>;
    const known: Record<string, unknown> = {};
    for (const name of ['staticPodPath', 'clusterDomain', 'containerLogMaxSize'] as const) if (typeof found[name] === 'string') known[name] = found[name];
    for (const name of ['maxPods', 'containerLogMaxFiles']) if (typeof found[name] === 'number') known[name] = found[name];
    for (const name of ['kubeReserved', 'systemReserved', 'evictionHard'])
      if (isTable(found[name])) known[name] = Object.fromEntries(Object.entries(found[name]).map(([key, value]) => [key, String(value)]));
    const longest = isTable(found['crashLoopBackOff']) ? found['crashLoopBackOff']['maxContainerRestartPeriod'] : undefined;
    if (typeof longest === 'string') known['maxContainerRestartPeriodMs'] = parseDuration(longest);
    if (typeof found['nodeLeaseDurationSeconds'] === 'number') known['nodeLeaseDurationSeconds'] = found['nodeLeaseDurationSeconds'];
    for (const name of ['clusterDNS', 'allowedUnsafeSysctls']) if (Array.isArray(found[name])) known[name] = found[name].map(String);
    for (const name of ['syncFrequency', 'nodeStatusUpdateFrequency', 'nodeStatusReportFrequency', 'evictionPressureTransitionPeriod']) {
      const ms = typeof found[name] === 'string' ? parseDuration(found[name]) : 0;
      if (ms > 0) known[`${name}Ms`] = ms; // as Kubernetes: zero means the default
    }
    return known;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // A broken file must not stop the node: the defaults hold, and the log says why.
    log.error(`failed to load kubelet config file, path: ${CONFIG_FILE}, error: ${error.message}`);
    return {};
  }
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function resolverOf(files: Files): Pick<KubeletConfiguration, 'resolver'> {
  const bytes = files.read('/etc/resolv.conf');
  if (bytes === undefined) return { resolver: DEFAULTS.resolver };
  const resolver = { nameservers: [] as string[], searches: [] as string[], options: [] as string[] };
  for (const line of Buffer.from(bytes).toString('utf8').split('\n')) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (word === 'nameserver' && rest[0] !== undefined) resolver.nameservers.push(rest[0]);
    else if (word === 'search') resolver.searches = rest;
    else if (word === 'options') resolver.options = rest;
  }
  return { resolver };
}
