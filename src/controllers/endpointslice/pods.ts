/** What both forms of endpoints say of a Service's pods: which are published, on what ports, under what name. */
import type { ServicePort } from '../../api/core/types/service.js';
import type { Pod, Service } from '../kinds.js';
import { isFinished } from '../pods.js';

export const HEADLESS_LABEL = 'service.kubernetes.io/headless';
export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

export function isPublished(pod: Pod, options: { terminating: boolean }): boolean {
  return !isFinished(pod) && ipsOf(pod).length > 0 && (options.terminating || pod.metadata.deletionTimestamp === undefined);
}

export function ipsOf({ status: { podIP, podIPs = [] } }: Pod): string[] {
  return podIPs.length > 0 ? podIPs.map(({ ip }) => ip) : podIP === undefined || podIP === '' ? [] : [podIP];
}

/** A pod's own name under a Service: only where its subdomain is the Service's name. */
export function hostnameOf({ metadata: { namespace }, spec: { hostname, subdomain } }: Pod, service: Service): string | undefined {
  return hostname && subdomain === service.metadata.name && namespace === service.metadata.namespace ? hostname : undefined;
}

export function isHeadless({ spec }: Service): boolean {
  return spec.clusterIP === 'None';
}

/** The number a Service's port has on this pod; undefined where the pod does not name such a port. */
export function targetPort(pod: Pod, port: ServicePort): number | undefined {
  const { targetPort: target, protocol = 'TCP' } = port;
  if (typeof target !== 'string') return target === undefined || target === 0 ? port.port : target;
  if (/^\d+$/.test(target)) return Number(target);
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { ports = [] } of [...(pod.spec.containers ?? []), ...sidecars]) {
    const found = ports.find((candidate) => candidate.name === target && (candidate.protocol ?? 'TCP') === protocol);
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}

/** What a change of a pod means for endpoints; a heartbeat or an image pulled means nothing. */
export function endpointFacts(pod: Pod): unknown {
  const { spec, status, metadata } = pod;
  const ready = (status.conditions ?? []).find(({ type }) => type === 'Ready');
  const finished = isFinished(pod);
  return [ipsOf(pod), spec.nodeName, finished, ready?.status, metadata.deletionTimestamp !== undefined, metadata.labels, spec.hostname, spec.subdomain];
}
