/**
 * A KubeSchedulerConfiguration file, v1: read strictly, with every default
 * filled in and checked. What is wrong with it is told in kube-scheduler's words.
 */
import { goQuote } from '../apimachinery/gojson.js';
import { parseYaml, YamlError } from '../apimachinery/yamlread.js';
import {
  DEFAULT_SCHEDULER_NAME,
  defaultArgs,
  defaultResources,
  type ExtenderConfig,
  type PluginArgs,
  type Profile,
  type ResourceWeight,
  type SchedulerConfig,
} from './config.js';
import { anything, bool, duration, float, int32, int64, list, readAll, StrictError, struct, text, type Reader } from './configreader.js';
import { validateConfig } from './configvalidation.js';
import { ConfigError, merged, type PluginSet, type PluginSets } from './profile.js';

const API_VERSION = 'kubescheduler.config.k8s.io/v1';
const KIND = 'KubeSchedulerConfiguration';
const SCHEME = 'in scheme "pkg/scheduler/apis/config/scheme/scheme.go:30"';

const pluginSet = struct({ enabled: list(struct({ name: text, weight: int32 })), disabled: list(struct({ name: text, weight: int32 })) });
const resources = list(struct({ name: text, weight: int64 }));
const shape = list(struct({ utilization: int32, score: int32 }));
const typed = { apiVersion: text, kind: text };

const FILE = struct({
  ...typed,
  parallelism: int32,
  leaderElection: struct({
    leaderElect: bool,
    leaseDuration: duration,
    renewDeadline: duration,
    retryPeriod: duration,
    resourceLock: text,
    resourceName: text,
    resourceNamespace: text,
  }),
  clientConnection: struct({ kubeconfig: text, acceptContentTypes: text, contentType: text, qps: float, burst: int32 }),
  enableProfiling: bool,
  enableContentionProfiling: bool,
  percentageOfNodesToScore: int32,
  podInitialBackoffSeconds: int64,
  podMaxBackoffSeconds: int64,
  profiles: list(
    struct({
      schedulerName: text,
      percentageOfNodesToScore: int32,
      plugins: struct({
        preEnqueue: pluginSet,
        queueSort: pluginSet,
        preFilter: pluginSet,
        filter: pluginSet,
        postFilter: pluginSet,
        preScore: pluginSet,
        score: pluginSet,
        reserve: pluginSet,
        permit: pluginSet,
        preBind: pluginSet,
        bind: pluginSet,
        postBind: pluginSet,
        multiPoint: pluginSet,
      }),
      pluginConfig: list(struct({ name: text, args: anything })),
    }),
  ),
  extenders: list(
    struct({
      urlPrefix: text,
      filterVerb: text,
      preemptVerb: text,
      prioritizeVerb: text,
      weight: int64,
      bindVerb: text,
      enableHTTPS: bool,
      tlsConfig: struct({ insecure: bool, serverName: text, certFile: text, keyFile: text, caFile: text, certData: text, keyData: text, caData: text }),
      httpTimeout: duration,
      nodeCacheCapable: bool,
      managedResources: list(struct({ name: text, ignoredByScheduler: bool })),
      ignorable: bool,
    }),
  ),
  delayCacheUntilActive: bool,
});
type File = ReturnType<typeof FILE>;
type FileProfile = NonNullable<File['profiles']>[number];

/** What each plugin that can be told something may be told. */
const ARGS: { [Name in keyof PluginArgs]: Reader<any> } = {
  DefaultPreemption: struct({ ...typed, minCandidateNodesPercentage: int32, minCandidateNodesAbsolute: int32 }),
  DynamicResources: struct({ ...typed, filterTimeout: duration, bindingTimeout: duration }),
  InterPodAffinity: struct({ ...typed, hardPodAffinityWeight: int32, ignorePreferredTermsOfExistingPods: bool }),
  NodeAffinity: struct({ ...typed, addedAffinity: anything }),
  NodeResourcesBalancedAllocation: struct({ ...typed, resources }),
  NodeResourcesFit: struct({
    ...typed,
    ignoredResources: list(text),
    ignoredResourceGroups: list(text),
    scoringStrategy: struct({ type: text, resources, requestedToCapacityRatio: struct({ shape }) }),
  }),
  PodTopologySpread: struct({ ...typed, defaultConstraints: list(anything), defaultingType: text }),
  VolumeBinding: struct({ ...typed, bindTimeoutSeconds: int64, shape }),
};

/** Whether it is to lead only while it holds a Lease (undefined: not said), which one, and for how long. */
export interface Election {
  leaderElect: boolean | undefined;
  lease: { namespace: string; name: string };
  leaseDurationMs: number;
  renewDeadlineMs: number;
  retryPeriodMs: number;
}

export interface ConfigFile {
  config: SchedulerConfig;
  election: Election;
  kubeconfig: string | undefined;
}

/** Throws a ConfigError that tells what is wrong. */
export function readConfigFile(content: string): ConfigFile {
  const file = readAll(FILE, documentOf(content), KIND);
  const config = completed(file);
  const election = electionOf(file.leaderElection ?? {});
  validateConfig(config, { parallelism: file.parallelism ?? 16, election });
  return { config, election, kubeconfig: file.clientConnection?.kubeconfig || undefined };
}

function documentOf(content: string): unknown {
  let value: any;
  try {
    value = parseYaml(content);
  } catch (error) {
    if (error instanceof YamlError) throw new ConfigError(`couldn't get version/kind; json parse error: error converting YAML to JSON: ${error.message}`);
    throw error;
  }
  if (typeof value !== 'object' || value === null || !value.kind) throw new ConfigError(`Object 'Kind' is missing in '${JSON.stringify(value)}'`);
  if (!value.apiVersion) throw new ConfigError(`Object 'apiVersion' is missing in '${JSON.stringify(value)}'`);
  if (value.apiVersion !== API_VERSION || value.kind !== KIND)
    throw new ConfigError(`no kind ${goQuote(String(value.kind))} is registered for version ${goQuote(String(value.apiVersion))} ${SCHEME}`);
  return value;
}

function completed({
  profiles = [],
  extenders = [],
  percentageOfNodesToScore = 0,
  podInitialBackoffSeconds = 1,
  podMaxBackoffSeconds = 10,
}: File): SchedulerConfig {
  const named = profiles.length === 0 ? [{}] : profiles;
  const strict: string[] = [];
  const ignored = extenders.flatMap(({ managedResources = [] }) =>
    managedResources.flatMap(({ name = '', ignoredByScheduler }) => (ignoredByScheduler === true ? [name] : [])),
  );
  const read = named.map((profile, at) => profileOf(profile, { at, isOnly: named.length === 1, strict, ignored }));
  if (strict.length > 0) throw new StrictError(strict);
  return { percentageOfNodesToScore, podInitialBackoffSeconds, podMaxBackoffSeconds, profiles: read, extenders: extenders.map(extenderOf) };
}

interface Among {
  at: number;
  isOnly: boolean;
  strict: string[];
  /** Extended resources that extenders see to. */
  ignored: readonly string[];
}

function profileOf({ schedulerName, percentageOfNodesToScore, plugins = {}, pluginConfig = [] }: FileProfile, { at, isOnly, strict, ignored }: Among): Profile {
  const sets = Object.fromEntries(Object.entries(plugins).map(([point, set]) => [point, setOf(set as FileSet)])) as PluginSets;
  const given: Partial<Record<string, any>> = {};
  pluginConfig.forEach(({ name = '', args }, index) => {
    if (Object.hasOwn(given, name)) throw new ConfigError(`profiles[${at}].pluginConfig[${index}]: Duplicate value: ${goQuote(name)}`);
    given[name] = undefined;
    const reader = Object.hasOwn(ARGS, name) ? ARGS[name as keyof PluginArgs] : undefined;
    if (reader === undefined || args === undefined) return;
    const where = `decoding .profiles[${at}].pluginConfig[${index}]`;
    try {
      given[name] = argsOf(name, reader, args);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      if (!(error instanceof StrictError)) throw new ConfigError(`${where}: ${error.message}`);
      strict.push(`${where}: decoding args for plugin ${name}: ${error.message}`);
    }
  });
  const args = filled(given);
  if (ignored.length > 0) args.NodeResourcesFit = { ...args.NodeResourcesFit, ignoredResources: [...args.NodeResourcesFit.ignoredResources, ...ignored] };
  return { schedulerName: schedulerName ?? (isOnly ? DEFAULT_SCHEDULER_NAME : ''), percentageOfNodesToScore, plugins: merged(sets), args };
}

type FileSet = { enabled?: { name?: string; weight?: number }[]; disabled?: { name?: string }[] };

const setOf = ({ enabled = [], disabled = [] }: FileSet): PluginSet => ({
  enabled: enabled.map(({ name = '', weight }) => ({ name, weight })),
  disabled: disabled.map(({ name = '' }) => ({ name })),
});

function argsOf(name: string, reader: Reader<any>, args: unknown): any {
  const { apiVersion, kind } = (typeof args === 'object' && args !== null ? args : {}) as { apiVersion?: string; kind?: string };
  const wanted = `${name}Args`;
  if (kind !== undefined && kind !== wanted)
    throw new ConfigError(
      `args for plugin ${name} were not of type ${wanted}.kubescheduler.config.k8s.io, got ${kind}.${(apiVersion ?? API_VERSION).split('/')[0]}`,
    );
  if (apiVersion !== undefined && apiVersion !== API_VERSION)
    throw new ConfigError(`decoding args for plugin ${name}: no kind ${goQuote(wanted)} is registered for version ${goQuote(apiVersion)} ${SCHEME}`);
  return readAll(reader, args, wanted);
}

function filled(given: Partial<Record<string, any>>): PluginArgs {
  const args = defaultArgs();
  for (const name of ['DefaultPreemption', 'InterPodAffinity', 'NodeAffinity', 'PodTopologySpread', 'VolumeBinding'] as const) {
    const { apiVersion: _, kind: __, ...own } = given[name] ?? {};
    Object.assign(args[name], own);
  }
  const { filterTimeout, bindingTimeout } = given['DynamicResources'] ?? {};
  if (filterTimeout !== undefined) args.DynamicResources.filterTimeoutMs = filterTimeout;
  if (bindingTimeout !== undefined) args.DynamicResources.bindingTimeoutMs = bindingTimeout;
  const balanced = given['NodeResourcesBalancedAllocation']?.resources ?? [];
  if (balanced.length > 0) args.NodeResourcesBalancedAllocation.resources = weighed(balanced);
  const { ignoredResources = [], ignoredResourceGroups = [], scoringStrategy } = given['NodeResourcesFit'] ?? {};
  const { type = scoringStrategy === undefined ? 'LeastAllocated' : '', resources: scored = [], requestedToCapacityRatio } = scoringStrategy ?? {};
  args.NodeResourcesFit = {
    ignoredResources,
    ignoredResourceGroups,
    scoringStrategy: { type, resources: scored.length === 0 ? defaultResources() : weighed(scored), shape: requestedToCapacityRatio?.shape ?? [] },
  };
  for (const point of args.NodeResourcesFit.scoringStrategy.shape) Object.assign(point, { utilization: point.utilization ?? 0, score: point.score ?? 0 });
  return args;
}

const weighed = (given: readonly Partial<ResourceWeight>[]): ResourceWeight[] => given.map(({ name = '', weight }) => ({ name, weight: weight || 1 }));

function electionOf({
  leaderElect,
  leaseDuration,
  renewDeadline,
  retryPeriod,
  resourceLock = 'leases',
  resourceName,
  resourceNamespace,
}: NonNullable<File['leaderElection']>): Election {
  if (leaderElect !== false && resourceLock !== 'leases')
    throw new ConfigError(`leaderElection.resourceLock: Invalid value: ${goQuote(resourceLock)}: resourceLock value must be "leases"`);
  return {
    leaderElect,
    lease: { namespace: resourceNamespace || 'kube-system', name: resourceName || 'kube-scheduler' },
    leaseDurationMs: leaseDuration || 15_000,
    renewDeadlineMs: renewDeadline || 10_000,
    retryPeriodMs: retryPeriod || 2_000,
  };
}

const HTTP_TIMEOUT_MS = 5_000;

function extenderOf({
  urlPrefix = '',
  filterVerb = '',
  preemptVerb = '',
  prioritizeVerb = '',
  bindVerb = '',
  weight = 0,
  enableHTTPS = false,
  tlsConfig,
  httpTimeout,
  nodeCacheCapable = false,
  ignorable = false,
  managedResources = [],
}: NonNullable<File['extenders']>[number]): ExtenderConfig {
  return {
    urlPrefix,
    filterVerb,
    preemptVerb,
    prioritizeVerb,
    bindVerb,
    weight,
    enableHTTPS,
    nodeCacheCapable,
    ignorable,
    httpTimeoutMs: httpTimeout || HTTP_TIMEOUT_MS,
    managedResources: managedResources.map(({ name = '', ignoredByScheduler = false }) => ({ name, ignoredByScheduler })),
    ...(tlsConfig === undefined ? {} : { tlsConfig }),
  };
}
