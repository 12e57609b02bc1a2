/** What a kubelet answers over HTTP to who may ask it through nodes/proxy: health, its pods, and what they use. */
import type { Pod } from '../api/core/pod.js';
import type { DialResponse } from '../apiserver/nodeconnector.js';
import { formatDuration, formatTime } from '../apimachinery/time.js';
import type { Kubelet } from '../kubelet/kubelet.js';

export interface KubeletHttp {
  node: string;
  kubelet: Kubelet;
  pods(): readonly Pod[];
}

type Stats = Awaited<ReturnType<Kubelet['api']['stats']>>;

export async function kubeletHttp({ node, kubelet, pods }: KubeletHttp, { method, path }: { method: string; path: string }): Promise<DialResponse> {
  if (method !== 'GET' && method !== 'HEAD') return text(405, 'Method Not Allowed\n');
  switch (path.replace(/\/$/, '')) {
    case '/healthz':
    case '/healthz/ping':
    case '/healthz/log':
    case '/healthz/syncloop':
      return text(200, 'ok');
    case '/pods':
      return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: pods().map(({ kind: _, apiVersion: __, ...rest }: any) => rest) });
    case '/runningpods':
      return json({
        kind: 'PodList',
        apiVersion: 'v1',
        metadata: {},
        items: pods()
          .filter(({ status }) => status.phase === 'Running')
          .map(({ metadata: { name, namespace, uid }, spec }) => ({
            metadata: { name, namespace, uid },
            spec: { containers: spec.containers.map(({ name: own, image }) => ({ name: own, image, resources: {} })) },
            status: {},
          })),
      });
    case '/configz':
      return json({ kubeletconfig: configuration(kubelet) });
    case '/stats/summary':
      return json(summary(node, await kubelet.api.stats()));
    case '/metrics/resource':
      return text(200, resourceMetrics(await kubelet.api.stats()), 'text/plain; version=0.0.4; charset=utf-8');
    default:
      return text(404, '404 page not found\n');
  }
}

/** The settings a kubelet heeds, under the names and in the units of KubeletConfiguration. */
function configuration({ config }: Kubelet): object {
  if (config === undefined) return {};
  const span = formatDuration;
  return {
    staticPodPath: config.staticPodPath,
    syncFrequency: span(config.syncFrequencyMs),
    clusterDomain: config.clusterDomain,
    clusterDNS: config.clusterDNS,
    nodeStatusUpdateFrequency: span(config.nodeStatusUpdateFrequencyMs),
    nodeStatusReportFrequency: span(config.nodeStatusReportFrequencyMs),
    nodeLeaseDurationSeconds: config.nodeLeaseDurationSeconds,
    maxPods: config.maxPods,
    evictionHard: config.evictionHard,
    evictionPressureTransitionPeriod: span(config.evictionPressureTransitionPeriodMs),
    containerLogMaxSize: config.containerLogMaxSize,
    containerLogMaxFiles: config.containerLogMaxFiles,
    ...(Object.keys(config.kubeReserved).length > 0 ? { kubeReserved: config.kubeReserved } : {}),
    ...(Object.keys(config.systemReserved).length > 0 ? { systemReserved: config.systemReserved } : {}),
    ...(config.allowedUnsafeSysctls.length > 0 ? { allowedUnsafeSysctls: config.allowedUnsafeSysctls } : {}),
    crashLoopBackOff: { maxContainerRestartPeriod: span(config.maxContainerRestartPeriodMs) },
    registerNode: config.registerNode,
  };
}

function summary(nodeName: string, { node, pods }: Stats): object {
  const figures = (timestamp: number, cpuNanoCores: number, memoryBytes: number) => {
    const time = formatTime(timestamp);
    return { cpu: { time, usageNanoCores: cpuNanoCores }, memory: { time, usageBytes: memoryBytes, workingSetBytes: memoryBytes } };
  };
  return {
    node: { nodeName, ...figures(node.timestamp, node.cpuNanoCores, node.memoryBytes) },
    pods: pods.map(({ name, namespace, uid, timestamp, containers }) => ({
      podRef: { name, namespace, uid },
      containers: containers.map((one) => ({ name: one.name, ...figures(timestamp, one.cpuNanoCores, one.memoryBytes) })),
      ...figures(timestamp, sum(containers, 'cpuNanoCores'), sum(containers, 'memoryBytes')),
    })),
  };
}

const sum = <K extends string>(list: readonly Record<K, number>[], key: K): number => list.reduce((total, one) => total + one[key], 0);

function resourceMetrics({ node, pods }: Stats): string {
  const lines = [
    '# HELP node_memory_working_set_bytes [STABLE] Current working set of the node in bytes',
    '# TYPE node_memory_working_set_bytes gauge',
    `node_memory_working_set_bytes ${node.memoryBytes} ${node.timestamp}`,
  ];
  lines.push(
    '# HELP container_memory_working_set_bytes [STABLE] Current working set of the container in bytes',
    '# TYPE container_memory_working_set_bytes gauge',
  );
  for (const { name, namespace, timestamp, containers } of pods)
    for (const one of containers)
      lines.push(`container_memory_working_set_bytes{container="${one.name}",namespace="${namespace}",pod="${name}"} ${one.memoryBytes} ${timestamp}`);
  return `${lines.join('\n')}\n`;
}

const json = (object: object): DialResponse => text(200, JSON.stringify(object), 'application/json');
const text = (status: number, body: string, type = 'text/plain; charset=utf-8'): DialResponse => ({
  status,
  headers: { 'content-type': type },
  body: Buffer.from(body),
});
