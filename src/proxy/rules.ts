/**
 * Services and EndpointSlices into rules: which addresses a Service answers
 * on, and where connections to it go from one node. Pure; kube-proxy's own
 * choices (pkg/proxy): ready endpoints, terminating ones only where no ready
 * one is left, traffic policies, headless and ExternalName Services none.
 */
import type { EndpointSlice } from '../api/discovery/types/endpointslice.js';
import type { Service } from '../api/core/types/service.js';
import type { ServiceRule } from '../cri/network.js';

interface Backend {
  address: string;
  port: number;
  local: boolean;
}

/** The rules of one node, in a fixed order. */
export function planRules(services: readonly Service[], slicesOf: (service: Service) => readonly EndpointSlice[], node: string): ServiceRule[] {
  return [...services]
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
    .filter(hasClusterIp)
    .flatMap((service) => rulesOf(service, slicesOf(service), node));
}

const keyOf = ({ metadata }: Service): string => `${metadata.namespace}/${metadata.name}`;

export function hasClusterIp({ spec }: Service): boolean {
  return spec.type !== 'ExternalName' && spec.clusterIP !== undefined && spec.clusterIP !== '' && spec.clusterIP !== 'None';
}

function rulesOf(service: Service, slices: readonly EndpointSlice[], node: string): ServiceRule[] {
  const { spec } = service;
  const affinitySeconds = spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS) : 0;
  return (spec.ports ?? []).flatMap((port): ServiceRule[] => {
    const all = backendsOf(slices, port.name ?? '', port.protocol ?? 'TCP', node);
    const rule = {
      service: `${keyOf(service)}${port.name ? `:${port.name}` : ''}`,
      protocol: (port.protocol ?? 'TCP') as ServiceRule['protocol'],
      affinitySeconds,
    };
    const internal = addresses(all, spec.internalTrafficPolicy === 'Local');
    const external = addresses(all, spec.externalTrafficPolicy === 'Local');
    const outside = [...(spec.externalIPs ?? []), ...(service.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []))];
    const frontends = (list: readonly string[]) => list.map((address) => ({ address, port: port.port }));
    const rules: ServiceRule[] = [{ ...rule, frontends: frontends(spec.clusterIPs ?? [spec.clusterIP!]), nodePort: 0, backends: internal }];
    if (outside.length > 0 || (port.nodePort ?? 0) > 0)
      rules.push({ ...rule, frontends: frontends(outside), nodePort: port.nodePort ?? 0, backends: external });
    return rules;
  });
}

/** core/v1's default for ClientIP affinity: three hours. */
const AFFINITY_SECONDS = 10_800;

function addresses(backends: readonly Backend[], localOnly: boolean): { address: string; port: number }[] {
  return backends.filter(({ local }) => !localOnly || local).map(({ address, port }) => ({ address, port }));
}

function backendsOf(slices: readonly EndpointSlice[], portName: string, protocol: string, node: string): Backend[] {
  const ready: Backend[] = [];
  const terminating: Backend[] = [];
  for (const slice of [...slices].sort((a, b) => (a.metadata.name! < b.metadata.name! ? -1 : 1))) {
    const port = (slice.ports ?? []).find((candidate) => (candidate.name ?? '') === portName && (candidate.protocol ?? 'TCP') === protocol);
    if (port?.port === undefined) continue;
    for (const { addresses: ips, conditions, nodeName } of slice.endpoints ?? []) {
      const backend = { address: ips[0]!, port: port.port, local: nodeName === node };
      if (conditions?.ready !== false) ready.push(backend);
      else if (conditions?.serving !== false && conditions?.terminating) terminating.push(backend);
    }
  }
  return ready.length > 0 ? ready : terminating;
}
