/**
 * Which plugins take part where: a profile's sets of plugins, put over the
 * default ones, and each point's list made of them in Kubernetes' order. What
 * cannot be is told in Kubernetes' words.
 */
import type { Plugin } from './framework.js';

/** Where plugins take part, in the order in which Kubernetes goes through them. */
export const POINTS = [
  'preEnqueue',
  'queueSort',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'reserve',
  'permit',
  'preBind',
  'bind',
  'postBind',
] as const;
export type Point = (typeof POINTS)[number];

export interface PluginRef {
  readonly name: string;
  readonly weight?: number | undefined;
}

export interface PluginSet {
  readonly enabled: readonly PluginRef[];
  readonly disabled: readonly PluginRef[];
}

export type PluginSets = Readonly<Partial<Record<Point | 'multiPoint', PluginSet>>>;

export interface ScoredPlugin {
  readonly plugin: Plugin;
  readonly weight: number;
}

export type Points = Readonly<Record<Exclude<Point, 'score'>, readonly Plugin[]>> & { readonly score: readonly ScoredPlugin[] };

/** A configuration that no scheduler can be made of. */
export class ConfigError extends Error {}

export const DEFAULT_PLUGINS: readonly PluginRef[] = [
  { name: 'SchedulingGates' },
  { name: 'PrioritySort' },
  { name: 'NodeUnschedulable' },
  { name: 'NodeName' },
  { name: 'TaintToleration', weight: 3 },
  { name: 'NodeAffinity', weight: 2 },
  { name: 'NodePorts' },
  { name: 'NodeResourcesFit', weight: 1 },
  { name: 'VolumeRestrictions' },
  { name: 'NodeVolumeLimits' },
  { name: 'VolumeBinding' },
  { name: 'VolumeZone' },
  { name: 'PodTopologySpread', weight: 2 },
  { name: 'InterPodAffinity', weight: 2 },
  { name: 'DynamicResources', weight: 2 },
  { name: 'DefaultPreemption' },
  { name: 'NodeResourcesBalancedAllocation', weight: 1 },
  { name: 'ImageLocality', weight: 1 },
  { name: 'DefaultBinder' },
  { name: 'NodeDeclaredFeatures' },
];

const NOTHING: PluginSet = { enabled: [], disabled: [] };

/** The default sets with the profile's put over them. */
export function merged(custom: PluginSets = {}): Required<PluginSets> {
  const sets = POINTS.map((point) => [point, over(NOTHING, custom[point])] as const);
  return { ...Object.fromEntries(sets), multiPoint: over({ enabled: DEFAULT_PLUGINS, disabled: [] }, custom.multiPoint) } as Required<PluginSets>;
}

/** One that is named again takes the place of the default; what else is enabled comes after. */
function over(usual: PluginSet, { enabled, disabled }: PluginSet = NOTHING): PluginSet {
  const off = new Set([...disabled, ...usual.disabled].map(({ name }) => name));
  const kept = off.has('*') ? [] : usual.enabled.filter(({ name }) => !off.has(name));
  const replaced = new Set<PluginRef>();
  const first = kept.map((one) => {
    const again = enabled.findLast(({ name }) => name === one.name);
    if (again === undefined) return one;
    replaced.add(again);
    return again;
  });
  return { enabled: [...first, ...enabled.filter((one) => !replaced.has(one))], disabled: [...disabled, ...usual.disabled] };
}

/** Names of plugins that take part anywhere. */
export function namesIn(sets: PluginSets): Set<string> {
  return new Set(Object.values(sets).flatMap(({ enabled }) => enabled.map(({ name }) => name)));
}

/** Every point's plugins, in order; `plugins` has all that the sets name and that exist. */
export function pointsOf(schedulerName: string, sets: Required<PluginSets>, plugins: ReadonlyMap<string, Plugin>): Points {
  const points = Object.fromEntries(POINTS.map((point) => [point, listOf(point, sets, plugins)])) as unknown as Record<Point, readonly Plugin[]>;
  const forProfile = `for profile with scheduler name ${JSON.stringify(schedulerName)}`;
  if (points.queueSort.length === 0) throw new ConfigError(`at least one queue sort plugin is required ${forProfile}`);
  if (points.queueSort.length > 1) throw new ConfigError(`only one queue sort plugin required ${forProfile}, but got ${points.queueSort.length}`);
  if (points.bind.length === 0) throw new ConfigError(`at least one bind plugin is required ${forProfile}`);
  return { ...points, score: points.score.map((plugin) => ({ plugin, weight: weightOf(plugin.name, sets) })) };
}

/** What the score set says counts before what the set for all points says. */
const weightOf = (plugin: string, { score, multiPoint }: Required<PluginSets>): number =>
  [...score.enabled, ...multiPoint.enabled].find(({ name }) => name === plugin)?.weight || 1;

function listOf(point: Point, sets: Required<PluginSets>, plugins: ReadonlyMap<string, Plugin>): Plugin[] {
  const { enabled, disabled } = sets[point];
  const type = `${point[0]!.toUpperCase()}${point.slice(1)}Plugin`;
  const own = new Map<string, Plugin>();
  for (const { name } of enabled) {
    const plugin = existing(name, type, plugins);
    if (!takesPart(plugin, point)) throw new ConfigError(`plugin ${JSON.stringify(name)} does not extend ${type} plugin`);
    if (own.has(name)) throw new ConfigError(`plugin ${JSON.stringify(name)} already registered as ${JSON.stringify(type)}`);
    own.set(name, plugin);
  }
  const off = new Set(disabled.map(({ name }) => name));
  if (off.has('*')) return [...own.values()];
  const general = new Map<string, Plugin>();
  const overridden = new Set<string>();
  for (const { name } of sets.multiPoint.enabled) {
    const plugin = existing(name, type, plugins);
    if (!takesPart(plugin, point) || off.has(name)) continue;
    if (own.has(name)) overridden.add(name);
    else if (general.has(name)) throw new ConfigError(`plugin ${JSON.stringify(name)} already registered as ${JSON.stringify(type)}`);
    else general.set(name, plugin);
  }
  const of = (isOverridden: boolean): Plugin[] => [...own].flatMap(([name, plugin]) => (overridden.has(name) === isOverridden ? [plugin] : []));
  return [...of(true), ...general.values(), ...of(false)];
}

function existing(name: string, type: string, plugins: ReadonlyMap<string, Plugin>): Plugin {
  const plugin = plugins.get(name);
  if (plugin === undefined) throw new ConfigError(`${type} ${JSON.stringify(name)} does not exist`);
  return plugin;
}

function takesPart(plugin: Plugin, point: Point): boolean {
  if (point === 'queueSort') return plugin.sortsQueue === true;
  if (point === 'reserve') return plugin.reserve !== undefined || plugin.unreserve !== undefined;
  return (plugin as unknown as Record<string, unknown>)[point] !== undefined;
}
