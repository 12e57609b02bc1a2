/** Runs the plugins of a profile at each point, in order, and gathers what they say. */
import type { ClusterEvent } from './events.js';
import { Cycle, SKIP, isRejection, reject, type NodesOnly, type NodeStatuses, type Plugin, type PostFilterAnswer, type Rejection } from './framework.js';
import type { NodeInfo } from './nodeinfo.js';
import type { Nominator } from './nominator.js';
import type { PodInfo } from './podinfo.js';
import type { Points, ScoredPlugin } from './profile.js';

export interface PreFilterResult {
  rejection?: Rejection;
  /** Nodes that come into question; undefined: all. */
  nodeNames?: ReadonlySet<string>;
  /** Who narrowed them. */
  narrowedBy: string[];
}

export interface FrameworkOptions {
  points: Points;
  nominator: Nominator;
  /** Of all nodes, how many that pass are enough; undefined: as for all profiles. */
  percentageOfNodesToScore?: number | undefined;
}

export class Framework {
  readonly plugins: readonly Plugin[];
  readonly percentageOfNodesToScore: number | undefined;
  readonly #points: Points;
  readonly #byName: ReadonlyMap<string, Plugin>;
  readonly #filters: readonly Plugin[];
  readonly #nominator: Nominator;

  constructor({ points, nominator, percentageOfNodesToScore }: FrameworkOptions) {
    this.#points = points;
    this.plugins = [
      ...new Set(Object.values(points).flatMap((set: readonly ScoredPlugin[] | readonly Plugin[]) => set.map((one) => ('plugin' in one ? one.plugin : one)))),
    ];
    this.percentageOfNodesToScore = percentageOfNodesToScore;
    this.#byName = new Map(this.plugins.map((plugin) => [plugin.name, plugin]));
    this.#filters = points.filter;
    this.#nominator = nominator;
  }

  get isScoring(): boolean {
    return this.#points.score.length > 0;
  }

  get isPostFiltering(): boolean {
    return this.#points.postFilter.length > 0;
  }

  preEnqueue(pod: PodInfo): Rejection | undefined {
    for (const plugin of this.#points.preEnqueue) {
      const rejection = plugin.preEnqueue!(pod);
      if (rejection !== undefined) return rejection;
    }
    return undefined;
  }

  /** Whether the plugin asked to be told of such events. */
  hearsOf(plugin: string, event: ClusterEvent): boolean {
    const hints = this.#byName.get(plugin)?.hints;
    return hints === undefined || hints[event] !== undefined;
  }

  isHinted(rejectedBy: ReadonlySet<string>, event: ClusterEvent, pod: PodInfo, next: unknown, previous: unknown): boolean {
    for (const name of rejectedBy) {
      const plugin = this.#byName.get(name);
      if (plugin?.hints === undefined) return true;
      if (plugin.hints[event]?.(pod, next, previous)) return true;
    }
    return false;
  }

  newCycle(): Cycle {
    return new Cycle(this.#filters);
  }

  preFilter(cycle: Cycle, pod: PodInfo): PreFilterResult {
    const skipped = new Set<Plugin>();
    const narrowedBy: string[] = [];
    let nodeNames: ReadonlySet<string> | undefined;
    for (const plugin of this.#points.preFilter) {
      const answer = plugin.preFilter!(cycle, pod);
      if (answer === undefined) continue;
      if (answer === SKIP) skipped.add(plugin);
      else if (isRejection(answer)) return { rejection: answer.code === 'Error' ? failed(answer, `PreFilter plugin "${plugin.name}"`) : answer, narrowedBy };
      else {
        narrowedBy.push(plugin.name);
        nodeNames = intersection(nodeNames, answer);
        if (nodeNames.size === 0) return { rejection: reject(plugin.name, 'UnschedulableAndUnresolvable', nobodyLeft(narrowedBy)), narrowedBy };
      }
    }
    if (skipped.size > 0) cycle.filters = this.#filters.filter((plugin) => !skipped.has(plugin));
    return { narrowedBy, ...(nodeNames === undefined ? {} : { nodeNames }) };
  }

  filter(cycle: Cycle, pod: PodInfo, node: NodeInfo): Rejection | undefined {
    const { filters } = cycle;
    for (let at = 0; at < filters.length; at++) {
      const rejection = filters[at]!.filter!(cycle, pod, node);
      if (rejection !== undefined) return rejection.code === 'Error' ? failed(rejection, `"${rejection.plugin}" filter plugin`) : rejection;
    }
    return undefined;
  }

  /** As if pods that were promised this node, and matter no less, were on it; and as if they were not. */
  filterWithNominated(cycle: Cycle, pod: PodInfo, node: NodeInfo): Rejection | undefined {
    if (this.#nominator.isEmpty) return this.filter(cycle, pod, node);
    const promised = this.#nominator.on(node.name);
    const nominated = promised.length === 0 ? promised : promised.filter((other) => other.priority >= pod.priority && other.uid !== pod.uid);
    if (nominated.length > 0) {
      const trial = cycle.clone();
      const full = node.copy();
      for (const other of nominated) this.addPod(trial, pod, other, full);
      const rejection = this.filter(trial, pod, full);
      if (rejection !== undefined) return rejection;
    }
    return this.filter(cycle, pod, node);
  }

  addPod(cycle: Cycle, pod: PodInfo, other: PodInfo, node: NodeInfo): void {
    node.addPod(other);
    for (const plugin of cycle.filters) plugin.addPod?.(cycle, pod, other, node);
  }

  removePod(cycle: Cycle, pod: PodInfo, other: PodInfo, node: NodeInfo): void {
    node.removePod(other);
    for (const plugin of cycle.filters) plugin.removePod?.(cycle, pod, other, node);
  }

  postFilter(cycle: Cycle, pod: PodInfo, statuses: NodeStatuses): { reasons: string[]; nomination?: PostFilterAnswer['nomination'] } {
    const reasons: string[] = [];
    let nomination: PostFilterAnswer['nomination'];
    for (const plugin of this.#points.postFilter) {
      const answer = plugin.postFilter!(cycle, pod, statuses);
      if (answer.nomination !== undefined) nomination = answer.nomination;
      if (answer.rejection === undefined) return { reasons: [], ...(nomination === undefined ? {} : { nomination }) };
      // What is neither success nor refusal ends it: nobody further is asked.
      if (answer.rejection.code === 'Error') return { reasons: [...answer.rejection.reasons] };
      reasons.push(...answer.rejection.reasons);
    }
    return { reasons, ...(nomination === undefined ? {} : { nomination }) };
  }

  /** Total scores of nodes, in their order. */
  score(cycle: Cycle, pod: PodInfo, nodes: readonly NodeInfo[]): Float64Array {
    const totals = new Float64Array(nodes.length);
    for (const { plugin, weight } of this.#points.score) {
      if (plugin.preScore?.(cycle, pod, nodes) === SKIP) continue;
      const scores: number[] = [];
      for (const node of nodes) scores.push(plugin.score!(cycle, pod, node));
      plugin.normalize?.(cycle, scores, nodes);
      for (let at = 0; at < nodes.length; at++) totals[at]! += weight * scores[at]!;
    }
    return totals;
  }

  reserve(cycle: Cycle, pod: PodInfo, node: NodeInfo): Rejection | undefined {
    let rejection: Rejection | undefined;
    for (const plugin of this.#points.reserve) rejection ??= plugin.reserve?.(cycle, pod, node);
    for (const plugin of this.#points.permit) rejection ??= plugin.permit?.(cycle, pod, node);
    if (rejection !== undefined) this.unreserve(cycle, pod, node);
    return rejection;
  }

  unreserve(cycle: Cycle, pod: PodInfo, node: NodeInfo): void {
    for (const plugin of [...this.#points.reserve].reverse()) plugin.unreserve?.(cycle, pod, node);
  }

  /** Whether anything is done between the decision and the binding. */
  willPreBind(cycle: Cycle, pod: PodInfo, node: NodeInfo): boolean {
    return this.#points.preBind.some((plugin) => plugin.willPreBind?.(cycle, pod, node) === true);
  }

  async preBind(cycle: Cycle, pod: PodInfo, node: NodeInfo): Promise<Rejection | undefined> {
    for (const plugin of this.#points.preBind) {
      if (plugin.willPreBind?.(cycle, pod, node) === false) continue;
      const rejection = await plugin.preBind!(cycle, pod, node).catch((error: unknown) => reject(plugin.name, 'Error', textOf(error)));
      if (rejection !== undefined) return rejection.code === 'Error' ? failed(rejection, `PreBind plugin "${plugin.name}"`) : rejection;
    }
    return undefined;
  }

  async bind(cycle: Cycle, pod: PodInfo, node: NodeInfo): Promise<Rejection | undefined> {
    for (const plugin of this.#points.bind) {
      const rejection = await plugin.bind!(cycle, pod, node).then(
        () => undefined,
        (error: unknown) => reject(plugin.name, 'Error', textOf(error)),
      );
      if (rejection !== undefined) return failed(rejection, `Bind plugin "${plugin.name}"`);
    }
    return undefined;
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const failed = ({ reasons, plugin }: Rejection, what: string): Rejection => reject(plugin, 'Error', `running ${what}: ${reasons.join(', ')}`);

function intersection(one: ReadonlySet<string> | undefined, { nodeNames }: NodesOnly): ReadonlySet<string> {
  return one === undefined ? nodeNames : new Set([...one].filter((name) => nodeNames.has(name)));
}

function nobodyLeft(plugins: readonly string[]): string {
  return plugins.length === 1 ? `node(s) didn't satisfy plugin ${plugins[0]}` : `node(s) didn't satisfy plugin(s) [${plugins.join(' ')}] simultaneously`;
}
