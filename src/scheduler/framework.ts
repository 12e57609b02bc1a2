/**
 * Points at which plugins take part in scheduling one pod, in Kubernetes' names
 * and order. Thinking is synchronous; only what writes (PreBind, Bind, and the
 * work of PostFilter) may wait.
 */
import type { NodeInfo } from './nodeinfo.js';
import type { PodInfo } from './podinfo.js';
import type { Hints } from './events.js';

export type Code =
  /** Not now; taking pods away could help. */
  | 'Unschedulable'
  /** Not now, and no preemption would change that. */
  | 'UnschedulableAndUnresolvable'
  | 'Error';

export interface Rejection {
  readonly code: Code;
  readonly reasons: readonly string[];
  readonly plugin: string;
}

export function reject(plugin: string, code: Code, ...reasons: string[]): Rejection {
  return { code, reasons, plugin };
}

/** The plugin has nothing to say of this pod: it is not asked about nodes. */
export const SKIP = 'skip';
export type Skip = typeof SKIP;

/** Only these nodes come into question. */
export interface NodesOnly {
  readonly nodeNames: ReadonlySet<string>;
}

export interface Nomination {
  /** Empty: a nomination there was is taken back. */
  readonly nodeName: string;
}

export interface PostFilterAnswer {
  readonly rejection?: Rejection;
  readonly nomination?: Nomination;
}

/** How nodes were found wanting, by name; who is not named is as `absent` says. */
export interface NodeStatuses {
  readonly named: Map<string, Rejection>;
  absent: Rejection;
}

export interface Plugin {
  readonly name: string;
  /** What may make a pod schedulable that this plugin refused. */
  readonly hints?: Hints;
  /** It says who comes first; the order itself is the queue's. */
  readonly sortsQueue?: boolean;
  /** Before the pod may wait for its turn at all. */
  preEnqueue?(pod: PodInfo): Rejection | undefined;
  preFilter?(cycle: Cycle, pod: PodInfo): undefined | Skip | NodesOnly | Rejection;
  filter?(cycle: Cycle, pod: PodInfo, node: NodeInfo): Rejection | undefined;
  /** What preFilter found, had `other` been put on or taken from the node. */
  addPod?(cycle: Cycle, pod: PodInfo, other: PodInfo, node: NodeInfo): void;
  removePod?(cycle: Cycle, pod: PodInfo, other: PodInfo, node: NodeInfo): void;
  postFilter?(cycle: Cycle, pod: PodInfo, statuses: NodeStatuses): PostFilterAnswer;
  preScore?(cycle: Cycle, pod: PodInfo, nodes: readonly NodeInfo[]): Skip | undefined;
  score?(cycle: Cycle, pod: PodInfo, node: NodeInfo): number;
  /** Brings scores to 0..100. */
  normalize?(cycle: Cycle, scores: number[], nodes: readonly NodeInfo[]): void;
  reserve?(cycle: Cycle, pod: PodInfo, node: NodeInfo): Rejection | undefined;
  unreserve?(cycle: Cycle, pod: PodInfo, node: NodeInfo): void;
  permit?(cycle: Cycle, pod: PodInfo, node: NodeInfo): Rejection | undefined;
  /** Whether preBind has something to do, so that others may be told where the pod is going. */
  willPreBind?(cycle: Cycle, pod: PodInfo, node: NodeInfo): boolean;
  preBind?(cycle: Cycle, pod: PodInfo, node: NodeInfo): Promise<Rejection | undefined>;
  /** Throws what the API server answers. */
  bind?(cycle: Cycle, pod: PodInfo, node: NodeInfo): Promise<void>;
}

/** A value of a cycle that preFilter computes and that a trial of other pods changes. */
export interface StateData {
  clone?(): StateData;
}

/** What plugins remember while one pod is scheduled. */
export class Cycle {
  readonly #values: Map<string, StateData>;
  /** Those that have something to say of this pod. */
  filters: readonly Plugin[];

  constructor(filters: readonly Plugin[], values: Map<string, StateData> = new Map()) {
    this.filters = filters;
    this.#values = values;
  }

  write(key: string, value: StateData): void {
    this.#values.set(key, value);
  }

  read<T extends StateData>(key: string): T | undefined {
    return this.#values.get(key) as T | undefined;
  }

  /** For a trial: values that can be changed are copied. */
  clone(): Cycle {
    const values = new Map<string, StateData>();
    for (const [key, value] of this.#values) values.set(key, value.clone?.() ?? value);
    return new Cycle(this.filters, values);
  }
}

export const SCORE_MAX = 100;

/** The greatest becomes 100; `reverse` for counts of what is unwanted. */
export function normalizeDefault(scores: number[], { reverse = false } = {}): void {
  const max = scores.reduce((one, other) => Math.max(one, other), 0);
  for (let at = 0; at < scores.length; at++) {
    const score = max === 0 ? 0 : Math.trunc((SCORE_MAX * scores[at]!) / max);
    scores[at] = reverse ? SCORE_MAX - score : score;
  }
}

export function isRejection(answer: unknown): answer is Rejection {
  return typeof answer === 'object' && answer !== null && 'code' in answer;
}
