/**
 * metrics-server's part: asks every node what its pods use, now and then, and
 * answers with metrics.k8s.io objects. A node that does not answer is left out
 * and told in the log; the others are not held up.
 */
import { quantityOfBytes, Quantity } from '../../apimachinery/quantity.js';
import { formatDuration, formatTime } from '../../apimachinery/time.js';
import type { KubeObject } from '../../apimachinery/object.js';
import type { Clock } from '../../platform/clock.js';
import type { Component, Log } from '../../platform/component.js';
import type { Quiescence } from '../../platform/quiescence.js';
import type { NodeStats } from '../api/nodeapi.js';

export interface StatsConnector {
  /** Nodes there are now, with their labels. */
  nodes(): readonly { name: string; labels?: Readonly<Record<string, string>> }[];
  /** Labels of a pod; undefined: it is no more. */
  pod(key: { namespace: string; name: string }): { labels?: Readonly<Record<string, string>> } | undefined;
  /** undefined: no kubelet answers there. */
  stats(node: string): Promise<NodeStats> | undefined;
}

export interface MetricsOptions {
  connector: StatsConnector;
  clock: Clock;
  quiescence: Quiescence;
  log: Log;
  /** As --metric-resolution. */
  resolutionMs?: number;
}

export interface Usage {
  cpu: string;
  memory: string;
}
export interface NodeMetrics extends KubeObject {
  timestamp: string;
  window: string;
  usage: Usage;
}
export interface PodMetrics extends KubeObject {
  timestamp: string;
  window: string;
  containers: { name: string; usage: Usage }[];
}

export interface MetricsServer extends Component {
  /** Asks the nodes now, unless what is known is fresh. */
  collect(): Promise<void>;
  nodes(): NodeMetrics[];
  node(name: string): NodeMetrics | undefined;
  pods(namespace?: string): PodMetrics[];
  pod(key: { namespace: string; name: string }): PodMetrics | undefined;
}

const RESOLUTION_MS = 15_000;
const API_VERSION = 'metrics.k8s.io/v1beta1';

export function createMetricsServer({ connector, clock, quiescence, log, resolutionMs = RESOLUTION_MS }: MetricsOptions): MetricsServer {
  let known = new Map<string, NodeStats>();
  let collectedAt: number | undefined;
  let cancel = (): void => {};
  const window = formatDuration(resolutionMs);

  async function scrape(): Promise<void> {
    const release = quiescence.hold();
    const next = new Map<string, NodeStats>();
    try {
      await Promise.all(
        connector.nodes().map(async ({ name }) => {
          const stats = await connector.stats(name)?.catch((error: unknown) => {
            if (!(error instanceof Error)) throw error;
            log.error(`"Failed to scrape node" err=${JSON.stringify(error.message)} node=${JSON.stringify(name)}`);
            return undefined;
          });
          if (stats !== undefined) next.set(name, stats);
        }),
      );
      known = next;
      collectedAt = clock.now();
    } finally {
      release();
    }
  }

  const nodeMetrics = (name: string, { node }: NodeStats, labels: Readonly<Record<string, string>> | undefined): NodeMetrics => ({
    kind: 'NodeMetrics',
    apiVersion: API_VERSION,
    metadata: { name, creationTimestamp: formatTime(clock.now()), ...(labels === undefined ? {} : { labels: { ...labels } }) },
    timestamp: formatTime(node.timestamp),
    window,
    usage: usageOf(node),
  });

  function podMetrics(stats: NodeStats['pods'][number]): PodMetrics | undefined {
    const found = connector.pod(stats);
    if (found === undefined) return undefined;
    const containers = stats.containers.map((container) => ({ name: container.name, usage: usageOf(container) }));
    return {
      kind: 'PodMetrics',
      apiVersion: API_VERSION,
      metadata: {
        name: stats.name,
        namespace: stats.namespace,
        creationTimestamp: formatTime(clock.now()),
        ...(found.labels === undefined ? {} : { labels: { ...found.labels } }),
      },
      timestamp: formatTime(stats.timestamp),
      window,
      containers,
    };
  }

  const allPods = (): NodeStats['pods'] => [...known.values()].flatMap(({ pods }) => pods);
  const isPresent = <T>(item: T | undefined): item is T => item !== undefined;

  return {
    name: 'metrics-server',
    async start() {
      cancel = clock.beat(resolutionMs, () => void scrape());
      await scrape();
    },
    async stop() {
      cancel();
    },
    async collect() {
      if (collectedAt === undefined || clock.now() - collectedAt >= resolutionMs) await scrape();
    },
    nodes: () =>
      connector
        .nodes()
        .map(({ name, labels }) => (known.has(name) ? nodeMetrics(name, known.get(name)!, labels) : undefined))
        .filter(isPresent),
    node(name) {
      const stats = known.get(name);
      return stats === undefined ? undefined : nodeMetrics(name, stats, connector.nodes().find((node) => node.name === name)?.labels);
    },
    pods: (namespace) =>
      allPods()
        .filter((pod) => namespace === undefined || namespace === '' || pod.namespace === namespace)
        .map(podMetrics)
        .filter(isPresent),
    pod({ namespace, name }) {
      const stats = allPods().find((pod) => pod.namespace === namespace && pod.name === name);
      return stats === undefined ? undefined : podMetrics(stats);
    },
  };
}

function usageOf({ cpuNanoCores, memoryBytes }: { cpuNanoCores: number; memoryBytes: number }): Usage {
  return { cpu: new Quantity(BigInt(Math.round(cpuNanoCores))).toString(), memory: quantityOfBytes(Math.round(memoryBytes)).toString() };
}
