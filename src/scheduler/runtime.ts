/** Runs the plugins of a profile at each point, in order, and gathers what they say. */
import type { ClusterEvent } from './events.js';
import { Cycle, SKIP, isRejection, reject, type NodesOnly, type NodeStatuses, type Plugin, type PostFilterAnswer, type Rejection } from './framework.js';
import type { NodeInfo } from './nodeinfo.js';
import type { Nominator } from './nominator.js';
import type { PodInfo } from './podinfo.js';

export interface PreFilterResult {
  rejection?: Rejection;
  /** Nodes that come into question; undefined: all. */
  nodeNames?: ReadonlySet<string>;
  /** Who narrowed them. */
  narrowedBy: string[];
}

export class Framework {
  readonly plugins: readonly Plugin[];
  readonly #byName: ReadonlyMap<string, Plugin>;
  readonly #filters: readonly Plugin[];
  readonly #scores: readonly Plugin[];
  readonly #nominator: Nominator;

  constructor(plugins: readonly Plugin[], nominator: Nominator) {
    this.plugins = plugins;
    this.#byName = new Map(plugins.map((plugin) => [plugin.name, plugin]));
    this.#filters = plugins.filter(({ filter }) => filter !== undefined);
    this.#scores = plugins.filter(({ score }) => score !== undefined);
    this.#nominator = nominator;
  }

  preEnqueue(pod: PodInfo): Rejection | undefined {
    for (const plugin of this.plugins) {
      const rejection = plugin.preEnqueue?.(pod);
      if (rejection !== undefined) return rejection;
    }
    return undefined;
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
    for (const plugin of this.plugins) {
      if (plugin.preFilter === undefined) continue;
      const answer = plugin.preFilter(cycle, pod);
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
    for (const plugin of this.plugins) {
      if (plugin.postFilter === undefined) continue;
      const answer = plugin.postFilter(cycle, pod, statuses);
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
    for (const plugin of this.#scores) {
      if (plugin.preScore?.(cycle, pod, nodes) === SKIP) continue;
      const scores: number[] = [];
      for (const node of nodes) scores.push(plugin.score!(cycle, pod, node));
      plugin.normalize?.(cycle, scores, nodes);
      const weight = plugin.weight ?? 1;
      for (let at = 0; at < nodes.length; at++) totals[at]! += weight * scores[at]!;
    }
    return totals;
  }

  reserve(cycle: Cycle, pod: PodInfo, node: NodeInfo): Rejection | undefined {
    let rejection: Rejection | undefined;
    for (const plugin of this.plugins) rejection ??= plugin.reserve?.(cycle, pod, node);
    for (const plugin of this.plugins) rejection ??= plugin.permit?.(cycle, pod, node);
    if (rejection !== undefined) this.unreserve(cycle, pod, node);
    return rejection;
  }

  unreserve(cycle: Cycle, pod: PodInfo, node: NodeInfo): void {
    for (const plugin of [...this.plugins].reverse()) plugin.unreserve?.(cycle, pod, node);
  }

  /** Whether anything is done between the decision and the binding. */
  willPreBind(cycle: Cycle, pod: PodInfo, node: NodeInfo): boolean {
    return this.plugins.some((plugin) => plugin.willPreBind?.(cycle, pod, node) === true);
  }

  async bind(cycle: Cycle, pod: PodInfo, node: NodeInfo): Promise<Rejection | undefined> {
    for (const plugin of this.plugins) {
      if (plugin.preBind === undefined) continue;
      const rejection = await plugin.preBind(cycle, pod, node).catch((error: unknown) => reject(plugin.name, 'Error', textOf(error)));
      if (rejection !== undefined) return rejection.code === 'Error' ? failed(rejection, `PreBind plugin "${plugin.name}"`) : rejection;
    }
    for (const plugin of this.plugins) {
      const rejection = await plugin.bind?.(cycle, pod, node).then(() => undefined, (error: unknown) => reject(plugin.name, 'Error', textOf(error)));
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
