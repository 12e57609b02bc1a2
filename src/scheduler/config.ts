/**
 * What a KubeSchedulerConfiguration says, with every default filled in: how
 * often pods are tried again, profiles by scheduler name with their plugins and
 * what these are told, and extenders.
 */
import type { NodeAffinity, TopologySpreadConstraint } from '../api/core/types/podspec.js';
import { merged, type PluginSets } from './profile.js';

export interface ResourceWeight {
  name: string;
  weight: number;
}

export interface ShapePoint {
  utilization: number;
  score: number;
}

/** What plugins can be told. */
export interface PluginArgs {
  DefaultPreemption: { minCandidateNodesPercentage: number; minCandidateNodesAbsolute: number };
  DynamicResources: { filterTimeoutMs: number; bindingTimeoutMs: number };
  InterPodAffinity: { hardPodAffinityWeight: number; ignorePreferredTermsOfExistingPods: boolean };
  NodeAffinity: { addedAffinity?: NodeAffinity };
  NodeResourcesBalancedAllocation: { resources: readonly ResourceWeight[] };
  NodeResourcesFit: {
    ignoredResources: readonly string[];
    ignoredResourceGroups: readonly string[];
    scoringStrategy: {
      type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
      resources: readonly ResourceWeight[];
      shape: readonly ShapePoint[];
    };
  };
  PodTopologySpread: { defaultConstraints: readonly TopologySpreadConstraint[]; defaultingType: 'System' | 'List' };
  VolumeBinding: { bindTimeoutSeconds: number };
}

export interface Profile {
  schedulerName: string;
  percentageOfNodesToScore?: number | undefined;
  plugins: Required<PluginSets>;
  args: PluginArgs;
}

export interface ExtenderConfig {
  urlPrefix: string;
  filterVerb: string;
  preemptVerb: string;
  prioritizeVerb: string;
  bindVerb: string;
  weight: number;
  enableHTTPS: boolean;
  tlsConfig?: { insecure?: boolean; serverName?: string; certFile?: string; keyFile?: string; caFile?: string };
  httpTimeoutMs: number;
  nodeCacheCapable: boolean;
  ignorable: boolean;
  managedResources: readonly { name: string; ignoredByScheduler: boolean }[];
}

export interface SchedulerConfig {
  percentageOfNodesToScore: number;
  podInitialBackoffSeconds: number;
  podMaxBackoffSeconds: number;
  profiles: readonly Profile[];
  extenders: readonly ExtenderConfig[];
}

export const DEFAULT_SCHEDULER_NAME = 'default-scheduler';

export const defaultResources = (): ResourceWeight[] => [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

export function defaultArgs(): PluginArgs {
  return {
    DefaultPreemption: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
    DynamicResources: { filterTimeoutMs: 10_000, bindingTimeoutMs: 600_000 },
    InterPodAffinity: { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false },
    NodeAffinity: {},
    NodeResourcesBalancedAllocation: { resources: defaultResources() },
    NodeResourcesFit: {
      ignoredResources: [],
      ignoredResourceGroups: [],
      scoringStrategy: { type: 'LeastAllocated', resources: defaultResources(), shape: [] },
    },
    PodTopologySpread: { defaultConstraints: [], defaultingType: 'System' },
    VolumeBinding: { bindTimeoutSeconds: 600 },
  };
}

export function defaultConfig(): SchedulerConfig {
  return {
    percentageOfNodesToScore: 0,
    podInitialBackoffSeconds: 1,
    podMaxBackoffSeconds: 10,
    profiles: [{ schedulerName: DEFAULT_SCHEDULER_NAME, plugins: merged(), args: defaultArgs() }],
    extenders: [],
  };
}
