/**
 * Extenders: programs over HTTP that have a say in which nodes pass, how good
 * they are, and that may bind. Asked one after the other, those whose failure
 * does not matter last. Only pods that an extender is for are shown to it.
 */
import type { Container } from '../api/core/types/container.js';
import type { Log } from '../platform/component.js';
import type { ExtenderConfig } from './config.js';
import type { Search } from './cycle.js';
import { reject } from './framework.js';
import type { NodeInfo } from './nodeinfo.js';
import type { PodInfo } from './podinfo.js';
import { ConfigError } from './profile.js';

/** Sends a POST with JSON; throws where there is no answer. */
export type Ask = (request: { url: string; body: string; timeoutMs: number; tls: ExtenderConfig['tlsConfig'] }) => Promise<{ status: number; body: string }>;

export interface Extenders {
  readonly ask?: Ask;
  /** Whether any of them wants to see the pod before it is given a node. */
  concern(pod: PodInfo): boolean;
  /** Takes away the nodes that they refuse; throws what goes wrong with one that matters. */
  filter(pod: PodInfo, search: Search): Promise<void>;
  /** What they give each node, by name. */
  scores(pod: PodInfo, nodes: readonly NodeInfo[]): Promise<Map<string, number>>;
  /** Whether there is one that binds. */
  readonly binds: boolean;
  /** Has the one that binds do so; false where none does. Throws what goes wrong. */
  bind(pod: PodInfo, nodeName: string): Promise<boolean>;
}

/** Who is to have refused a pod that extenders left no node. */
export const EXTENDER_NAME = 'Extender';
/** Extenders give up to ten, plugins up to a hundred. */
const SCORE_SCALE = 10;

interface Filtered {
  Nodes?: { items?: { metadata?: { name?: string } }[] } | null;
  NodeNames?: string[] | null;
  FailedNodes?: Record<string, string> | null;
  FailedAndUnresolvableNodes?: Record<string, string> | null;
  Error?: string;
}

export function createExtenders(configs: readonly ExtenderConfig[], { ask, log }: { ask: Ask | undefined; log: Log }): Extenders {
  if (configs.length > 0 && ask === undefined) throw new ConfigError('extenders: there is no network here to ask them over');
  const ordered = [...configs.filter(({ ignorable }) => !ignorable), ...configs.filter(({ ignorable }) => ignorable)];
  const forPod = (pod: PodInfo): ExtenderConfig[] => ordered.filter((extender) => isInterested(extender, pod));

  async function send<T>(extender: ExtenderConfig, verb: string, args: object): Promise<T> {
    const url = `${extender.urlPrefix.replace(/\/+$/, '')}/${verb}`;
    const answer = await ask!({ url, body: JSON.stringify(args), timeoutMs: extender.httpTimeoutMs, tls: extender.tlsConfig });
    if (answer.status !== 200) throw new Error(`failed ${verb} with extender at URL ${url}, code ${answer.status}`);
    return likeGo(JSON.parse(answer.body)) as T;
  }

  async function narrow(extender: ExtenderConfig, pod: PodInfo, { diagnosis, feasible }: Search): Promise<void> {
    const answer = await send<Filtered>(extender, extender.filterVerb, argsOf(extender, pod, feasible));
    if (answer.Error) throw new Error(answer.Error);
    const kept = namesOf(answer, extender);
    const byName = new Map(feasible.map((node) => [node.name, node]));
    const nodes = kept.map((name) => {
      const node = byName.get(name);
      if (node === undefined)
        throw new Error(
          `extender ${JSON.stringify(extender.urlPrefix)} claims a filtered node ${JSON.stringify(name)} which is not found in the input node list`,
        );
      return node;
    });
    for (const [name, reason] of Object.entries(answer.FailedNodes ?? {})) diagnosis.statuses.named.set(name, reject(EXTENDER_NAME, 'Unschedulable', reason));
    for (const [name, reason] of Object.entries(answer.FailedAndUnresolvableNodes ?? {}))
      diagnosis.statuses.named.set(name, reject(EXTENDER_NAME, 'UnschedulableAndUnresolvable', reason));
    if (nodes.length < feasible.length) diagnosis.rejectedBy.add(EXTENDER_NAME);
    feasible.splice(0, feasible.length, ...nodes);
  }

  return {
    ...(ask === undefined ? {} : { ask }),
    binds: ordered.some(({ bindVerb }) => bindVerb !== ''),
    concern: (pod) => forPod(pod).some(({ filterVerb, prioritizeVerb }) => filterVerb !== '' || prioritizeVerb !== ''),
    async filter(pod, search) {
      for (const extender of forPod(pod)) {
        if (search.feasible.length === 0) return;
        if (extender.filterVerb === '') continue;
        try {
          await narrow(extender, pod, search);
        } catch (error) {
          if (!extender.ignorable) throw error;
          log.info(`Skipping extender as it returned error and has ignorable flag set: ${extender.urlPrefix}: ${String(error)}`);
        }
      }
    },
    async scores(pod, nodes) {
      const totals = new Map<string, number>();
      for (const extender of forPod(pod)) {
        if (extender.prioritizeVerb === '') continue;
        try {
          const found = await send<{ Host?: string; Score?: number }[]>(extender, extender.prioritizeVerb, argsOf(extender, pod, nodes));
          for (const { Host = '', Score = 0 } of found) totals.set(Host, (totals.get(Host) ?? 0) + Score * extender.weight * SCORE_SCALE);
        } catch (error) {
          // As Kubernetes does: who gives no scores is passed over, whether it matters or not.
          log.info(`Failed to run extender's priority function. No score given by this extender: ${extender.urlPrefix}: ${String(error)}`);
        }
      }
      return totals;
    },
    async bind(pod, nodeName) {
      for (const extender of forPod(pod)) {
        if (extender.bindVerb === '') continue;
        try {
          const answer = await send<{ Error?: string }>(extender, extender.bindVerb, {
            PodName: pod.name,
            PodNamespace: pod.namespace,
            PodUID: pod.uid,
            Node: nodeName,
          });
          if (answer.Error) throw new Error(answer.Error);
          return true;
        } catch (error) {
          if (!extender.ignorable) throw error;
          log.info(`Skipping extender in bind as it returned error and has ignorable flag set: ${extender.urlPrefix}: ${String(error)}`);
        }
      }
      return false;
    },
  };
}

function argsOf({ nodeCacheCapable }: ExtenderConfig, { pod }: PodInfo, nodes: readonly NodeInfo[]): object {
  if (nodeCacheCapable) return { Pod: pod, Nodes: null, NodeNames: nodes.map(({ name }) => name) };
  return { Pod: pod, Nodes: { metadata: {}, items: nodes.map(({ node }) => node) }, NodeNames: null };
}

function namesOf({ Nodes, NodeNames }: Filtered, { nodeCacheCapable }: ExtenderConfig): string[] {
  if (nodeCacheCapable && NodeNames) return NodeNames;
  return (Nodes?.items ?? []).map((node) => node.metadata?.name ?? '');
}

/** One that manages resources is shown only pods that ask for one of them. */
function isInterested({ managedResources }: ExtenderConfig, { pod: { spec } }: PodInfo): boolean {
  if (managedResources.length === 0) return true;
  const managed = new Set(managedResources.map(({ name }) => name));
  const asks = ({ resources }: Container): boolean =>
    [...Object.keys(resources?.requests ?? {}), ...Object.keys(resources?.limits ?? {})].some((name) => managed.has(name));
  return [...spec.containers, ...(spec.initContainers ?? [])].some(asks);
}

const FIELDS = ['Nodes', 'NodeNames', 'FailedNodes', 'FailedAndUnresolvableNodes', 'Error', 'Host', 'Score'];

/** Go reads names of fields in any case; extenders rely on it. */
function likeGo(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(likeGo);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [FIELDS.find((field) => field.toLowerCase() === name.toLowerCase()) ?? name, one]));
}
