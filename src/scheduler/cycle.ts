/**
 * One pod's way to a node: which nodes pass, which of them is best, and, where
 * none passes, why. Looks at as many nodes as Kubernetes would at this size,
 * going on where the last pod stopped. Synchronous; writes nothing.
 */
import type { Cache } from './cache.js';
import { reject, type Cycle, type NodeStatuses, type PostFilterAnswer, type Rejection } from './framework.js';
import type { NodeInfo } from './nodeinfo.js';
import type { PodInfo } from './podinfo.js';
import type { Framework } from './runtime.js';

export const NO_NODES = 'no nodes available to schedule pods';
const SAMPLED_NODES_MIN = 100;
const SAMPLED_PERCENT_MIN = 5;

export type Verdict =
  | { node: NodeInfo; cycle: Cycle }
  | {
      node: undefined;
      message: string;
      /** Plugins whose minds must change. */
      rejectedBy: ReadonlySet<string>;
      nomination?: PostFilterAnswer['nomination'];
      /** It was not refused: something went wrong. */
      isError?: true;
    };

export interface Diagnosis {
  readonly statuses: NodeStatuses;
  readonly rejectedBy: Set<string>;
  preFilterMessage: string;
  /** What went wrong while looking. */
  failure?: Rejection;
}

export class Scheduling {
  readonly #cache: Cache;
  readonly #framework: Framework;
  /** Where the next search starts. */
  #start = 0;

  constructor(cache: Cache, framework: Framework) {
    this.#cache = cache;
    this.#framework = framework;
  }

  decide(pod: PodInfo): Verdict {
    const all = this.#cache.list;
    if (all.length === 0) return { node: undefined, message: NO_NODES, rejectedBy: new Set(), nomination: { nodeName: '' } };
    const cycle = this.#framework.newCycle();
    const diagnosis: Diagnosis = { statuses: { named: new Map(), absent: reject('', 'UnschedulableAndUnresolvable') }, rejectedBy: new Set(), preFilterMessage: '' };
    const feasible = this.#feasible(cycle, pod, all, diagnosis);
    if (feasible.length > 0) return { node: feasible.length === 1 ? feasible[0]! : this.#best(cycle, pod, feasible), cycle };
    if (diagnosis.failure !== undefined) return { node: undefined, message: diagnosis.failure.reasons.join(', '), rejectedBy: new Set(), nomination: { nodeName: '' }, isError: true };
    const { reasons, nomination } = this.#framework.postFilter(cycle, pod, diagnosis.statuses);
    const message = fitMessage(all.length, diagnosis, reasons.join(', '));
    return { node: undefined, message, rejectedBy: diagnosis.rejectedBy, ...(nomination === undefined ? {} : { nomination }) };
  }

  /** Whether some node passes; nothing is decided. */
  mayFit(pod: PodInfo): boolean {
    const cycle = this.#framework.newCycle();
    const { rejection, nodeNames } = this.#framework.preFilter(cycle, pod);
    if (rejection !== undefined) return false;
    return this.#cache.list.some((node) => (nodeNames === undefined || nodeNames.has(node.name)) && this.#framework.filterWithNominated(cycle, pod, node) === undefined);
  }

  #feasible(cycle: Cycle, pod: PodInfo, all: readonly NodeInfo[], diagnosis: Diagnosis): NodeInfo[] {
    const { rejection, nodeNames, narrowedBy } = this.#framework.preFilter(cycle, pod);
    for (const name of narrowedBy) diagnosis.rejectedBy.add(name);
    if (rejection?.code === 'Error') diagnosis.failure = rejection;
    if (rejection !== undefined) {
      diagnosis.statuses.absent = rejection;
      diagnosis.preFilterMessage = rejection.reasons.join(', ');
      diagnosis.rejectedBy.add(rejection.plugin);
      return [];
    }
    const promised = this.#promised(cycle, pod, diagnosis);
    if (promised !== undefined) return [promised];
    if (nodeNames === undefined) return this.#search(cycle, pod, all, diagnosis);
    diagnosis.statuses.absent = reject('', 'UnschedulableAndUnresolvable', `node(s) didn't satisfy plugin(s) [${[...narrowedBy].sort().join(' ')}]`);
    return this.#search(cycle, pod, [...nodeNames].flatMap((name) => this.#cache.node(name) ?? []), diagnosis);
  }

  /** The node the pod was promised, if it still does. */
  #promised(cycle: Cycle, pod: PodInfo, { statuses, rejectedBy }: Diagnosis): NodeInfo | undefined {
    const { nominatedNodeName } = pod.pod.status;
    const node = nominatedNodeName === undefined ? undefined : this.#cache.node(nominatedNodeName);
    if (node === undefined) return undefined;
    const rejection = this.#framework.filterWithNominated(cycle, pod, node);
    if (rejection === undefined) return node;
    statuses.named.set(node.name, rejection);
    rejectedBy.add(rejection.plugin);
    return undefined;
  }

  #search(cycle: Cycle, pod: PodInfo, nodes: readonly NodeInfo[], diagnosis: Diagnosis): NodeInfo[] {
    const { statuses, rejectedBy } = diagnosis;
    const wanted = sampleSize(nodes.length);
    const feasible: NodeInfo[] = [];
    let looked = 0;
    for (; looked < nodes.length && feasible.length < wanted; looked++) {
      const node = nodes[(this.#start + looked) % nodes.length]!;
      const rejection = this.#framework.filterWithNominated(cycle, pod, node);
      if (rejection === undefined) feasible.push(node);
      else if (rejection.code === 'Error') {
        diagnosis.failure = rejection;
        return [];
      } else {
        statuses.named.set(node.name, rejection);
        rejectedBy.add(rejection.plugin);
      }
    }
    this.#start = (this.#start + looked) % this.#cache.list.length;
    return feasible;
  }

  #best(cycle: Cycle, pod: PodInfo, nodes: readonly NodeInfo[]): NodeInfo {
    return nodes[topOfHeap(this.#framework.score(cycle, pod, nodes))]!;
  }
}

/**
 * Where the highest score is; which of equals, their places decide. As Kubernetes 1.36 does: it makes a heap of the
 * scores and takes the top, and what would draw lots among equals is not set.
 */
export function topOfHeap(scores: ArrayLike<number>): number {
  const count = scores.length;
  const tops = new Int32Array(count);
  for (let at = count - 1; at >= 0; at--) {
    const left = 2 * at + 1;
    let top = at;
    if (left < count) {
      let child = tops[left]!;
      if (left + 1 < count && scores[tops[left + 1]!]! > scores[child]!) child = tops[left + 1]!;
      if (scores[child]! > scores[at]!) top = child;
    }
    tops[at] = top;
  }
  return tops[0]!;
}

/** How many nodes that pass are enough: all below a hundred, then fewer the more there are. */
function sampleSize(nodes: number): number {
  if (nodes < SAMPLED_NODES_MIN) return nodes;
  const percent = Math.max(SAMPLED_PERCENT_MIN, 50 - Math.trunc(nodes / 125));
  return Math.max(SAMPLED_NODES_MIN, Math.trunc((nodes * percent) / 100));
}

/** Why no node would do, in Kubernetes' words: reasons with their counts, sorted as text. */
export function fitMessage(nodes: number, { statuses: { named, absent }, preFilterMessage }: Pick<Diagnosis, 'statuses' | 'preFilterMessage'>, postFilterMessage = ''): string {
  const head = `0/${nodes} nodes are available:`;
  const middle = preFilterMessage !== '' ? ` ${preFilterMessage}.` : reasonsText(nodes, named, absent);
  return `${head}${middle}${postFilterMessage === '' ? '' : ` ${postFilterMessage}`}`;
}

function reasonsText(nodes: number, named: ReadonlyMap<string, Rejection>, absent: Rejection): string {
  const counts = new Map<string, number>();
  const count = (reason: string, by: number): void => void counts.set(reason, (counts.get(reason) ?? 0) + by);
  for (const { reasons } of named.values()) for (const reason of reasons) count(reason, 1);
  if (named.size < nodes) for (const reason of absent.reasons) count(reason, nodes - named.size);
  const texts = [...counts].map(([reason, times]) => `${times} ${reason}`).sort((one, other) => (one < other ? -1 : 1));
  return texts.length === 0 ? '' : ` ${texts.join(', ')}.`;
}
