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

/** Nodes that pass so far, and why others do not. */
export interface Search {
  readonly cycle: Cycle;
  readonly diagnosis: Diagnosis;
  readonly feasible: NodeInfo[];
}

export interface Diagnosis {
  readonly statuses: NodeStatuses;
  readonly rejectedBy: Set<string>;
  preFilterMessage: string;
  /** What went wrong while looking. */
  failure?: Rejection;
}

export class Scheduling {
  readonly #cache: Cache;
  /** Of all nodes, how many that pass are enough; zero: fewer the more there are. */
  readonly #percentageOfNodesToScore: number;
  /** Where the next search starts. */
  #start = 0;

  constructor(cache: Cache, { percentageOfNodesToScore = 0 } = {}) {
    this.#cache = cache;
    this.#percentageOfNodesToScore = percentageOfNodesToScore;
  }

  decide(framework: Framework, pod: PodInfo): Verdict {
    const search = this.begin(framework, pod);
    return 'feasible' in search ? this.conclude(framework, pod, search) : search;
  }

  /** Which nodes pass; a verdict already where there are no nodes. */
  begin(framework: Framework, pod: PodInfo): Search | Verdict {
    const all = this.#cache.list;
    if (all.length === 0) return { node: undefined, message: NO_NODES, rejectedBy: new Set(), nomination: { nodeName: '' } };
    const cycle = framework.newCycle();
    const diagnosis: Diagnosis = {
      statuses: { named: new Map(), absent: reject('', 'UnschedulableAndUnresolvable') },
      rejectedBy: new Set(),
      preFilterMessage: '',
    };
    return { cycle, diagnosis, feasible: this.#feasible(framework, cycle, pod, all, diagnosis) };
  }

  /** The best of the nodes that pass, `extra` being what others give them; or why there is none. */
  conclude(framework: Framework, pod: PodInfo, { cycle, diagnosis, feasible }: Search, extra?: ReadonlyMap<string, number>): Verdict {
    if (feasible.length > 0) return { node: feasible.length === 1 ? feasible[0]! : best(framework, cycle, pod, feasible, extra), cycle };
    if (diagnosis.failure !== undefined)
      return { node: undefined, message: diagnosis.failure.reasons.join(', '), rejectedBy: new Set(), nomination: { nodeName: '' }, isError: true };
    const count = this.#cache.list.length;
    if (!framework.isPostFiltering)
      return { node: undefined, message: fitMessage(count, diagnosis), rejectedBy: diagnosis.rejectedBy, nomination: { nodeName: '' } };
    const { reasons, nomination } = framework.postFilter(cycle, pod, diagnosis.statuses);
    const message = fitMessage(count, diagnosis, reasons.join(', '));
    return { node: undefined, message, rejectedBy: diagnosis.rejectedBy, ...(nomination === undefined ? {} : { nomination }) };
  }

  /** Whether some node passes; nothing is decided. */
  mayFit(framework: Framework, pod: PodInfo): boolean {
    const cycle = framework.newCycle();
    const { rejection, nodeNames } = framework.preFilter(cycle, pod);
    if (rejection !== undefined) return false;
    return this.#cache.list.some(
      (node) => (nodeNames === undefined || nodeNames.has(node.name)) && framework.filterWithNominated(cycle, pod, node) === undefined,
    );
  }

  /** Whether the node passes as things are now. */
  mayGo(framework: Framework, pod: PodInfo, node: NodeInfo): boolean {
    const cycle = framework.newCycle();
    return (
      this.#cache.node(node.name) === node &&
      framework.preFilter(cycle, pod).rejection === undefined &&
      framework.filterWithNominated(cycle, pod, node) === undefined
    );
  }

  #feasible(framework: Framework, cycle: Cycle, pod: PodInfo, all: readonly NodeInfo[], diagnosis: Diagnosis): NodeInfo[] {
    const { rejection, nodeNames, narrowedBy } = framework.preFilter(cycle, pod);
    for (const name of narrowedBy) diagnosis.rejectedBy.add(name);
    if (rejection?.code === 'Error') diagnosis.failure = rejection;
    if (rejection !== undefined) {
      diagnosis.statuses.absent = rejection;
      diagnosis.preFilterMessage = rejection.reasons.join(', ');
      diagnosis.rejectedBy.add(rejection.plugin);
      return [];
    }
    const promised = this.#promised(framework, cycle, pod, diagnosis);
    if (promised !== undefined) return [promised];
    if (nodeNames === undefined) return this.#search(framework, cycle, pod, all, diagnosis);
    diagnosis.statuses.absent = reject('', 'UnschedulableAndUnresolvable', `node(s) didn't satisfy plugin(s) [${[...narrowedBy].sort().join(' ')}]`);
    return this.#search(
      framework,
      cycle,
      pod,
      [...nodeNames].flatMap((name) => this.#cache.node(name) ?? []),
      diagnosis,
    );
  }

  /** The node the pod was promised, if it still does. */
  #promised(framework: Framework, cycle: Cycle, pod: PodInfo, { statuses, rejectedBy }: Diagnosis): NodeInfo | undefined {
    const { nominatedNodeName } = pod.pod.status;
    const node = nominatedNodeName === undefined ? undefined : this.#cache.node(nominatedNodeName);
    if (node === undefined) return undefined;
    const rejection = framework.filterWithNominated(cycle, pod, node);
    if (rejection === undefined) return node;
    if (rejection.code === 'Error') return undefined;
    statuses.named.set(node.name, rejection);
    rejectedBy.add(rejection.plugin);
    return undefined;
  }

  #search(framework: Framework, cycle: Cycle, pod: PodInfo, nodes: readonly NodeInfo[], diagnosis: Diagnosis): NodeInfo[] {
    const { statuses, rejectedBy } = diagnosis;
    const wanted = framework.isScoring ? sampleSize(nodes.length, framework.percentageOfNodesToScore ?? this.#percentageOfNodesToScore) : 1;
    const feasible: NodeInfo[] = [];
    let looked = 0;
    for (; looked < nodes.length && feasible.length < wanted; looked++) {
      const node = nodes[(this.#start + looked) % nodes.length]!;
      const rejection = framework.filterWithNominated(cycle, pod, node);
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
}

function best(framework: Framework, cycle: Cycle, pod: PodInfo, nodes: readonly NodeInfo[], extra?: ReadonlyMap<string, number>): NodeInfo {
  const scores = framework.score(cycle, pod, nodes);
  if (extra !== undefined) nodes.forEach(({ name }, at) => (scores[at]! += extra.get(name) ?? 0));
  return nodes[topOfHeap(scores)]!;
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
function sampleSize(nodes: number, asked: number): number {
  if (nodes < SAMPLED_NODES_MIN) return nodes;
  const percent = asked === 0 ? Math.max(SAMPLED_PERCENT_MIN, 50 - Math.trunc(nodes / 125)) : asked;
  return Math.max(SAMPLED_NODES_MIN, Math.trunc((nodes * percent) / 100));
}

/** Why no node would do, in Kubernetes' words: reasons with their counts, sorted as text. */
export function fitMessage(
  nodes: number,
  { statuses: { named, absent }, preFilterMessage }: Pick<Diagnosis, 'statuses' | 'preFilterMessage'>,
  postFilterMessage = '',
): string {
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
