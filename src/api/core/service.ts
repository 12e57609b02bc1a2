/** Services: what `get services` shows of them. */
import { defineKind, PROXY_VERBS, statusSubresource } from '../define.js';
import { ageColumn, column, formatMap, nameColumn, wideColumn } from '../columns.js';
import type { Service as ServiceType } from './types/service.js';

export type Service = ServiceType;

function externalIP({ spec, status }: ServiceType): string {
  const own = spec.externalIPs ?? [];
  switch (spec.type) {
    case 'ClusterIP':
    case 'NodePort':
      return own.length === 0 ? '<none>' : own.join(',');
    case 'LoadBalancer': {
      const balancers = [...new Set((status.loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip || hostname || ''))].filter((text) => text !== '').sort();
      return [...balancers, ...own].join(',') || '<pending>';
    }
    case 'ExternalName':
      return spec.externalName ?? '';
    default:
      return '<unknown>';
  }
}

function ports(spec: ServiceType['spec']): string {
  const texts = (spec.ports ?? []).map(({ port, nodePort, protocol = '' }) => (nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`));
  return texts.join(',') || '<none>';
}

export const Service = defineKind<ServiceType>({
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  prefix: '/registry/services/specs',
  subresources: [{ name: 'proxy', verbs: PROXY_VERBS, kind: { group: '', version: 'v1', kind: 'ServiceProxyOptions' } }, statusSubresource],
  columns: [
    nameColumn,
    column('Type', ({ spec }) => spec.type ?? ''),
    column('Cluster-IP', ({ spec }) => spec.clusterIPs?.[0] ?? '<none>'),
    column('External-IP', externalIP),
    column('Port(s)', ({ spec }) => ports(spec)),
    ageColumn,
    wideColumn('Selector', ({ spec }: ServiceType) => formatMap(spec.selector)),
  ],
  selectableFields: { 'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '', 'spec.type': ({ spec }) => spec.type ?? '' },
  strategy: async () => (await import('./strategy/service.js')).strategy,
});
