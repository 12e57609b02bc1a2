/**
 * Ingress: HTTP hosts and paths onto Services. This is the light description; rules on
 * writes are in strategy/ingress.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind, statusSubresource } from '../define.js';
import type { Ingress as IngressObject } from './types/ingress.js';

export type Ingress = IngressObject;

export const Ingress = defineKind<Ingress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  shortNames: ['ing'],
  prefix: '/registry/ingress',
  subresources: [statusSubresource],
  columns: [
    nameColumn,
    column('Class', ({ spec }) => spec.ingressClassName ?? '<none>'),
    column('Hosts', ({ spec }) => hostsText(spec)),
    column('Address', ({ status }) => addressText(status)),
    column('Ports', ({ spec }) => (spec.tls?.length ? '80, 443' : '80')),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/ingress.js')).strategy,
});

const HOSTS_SHOWN_MAX = 3;
function hostsText({ rules = [] }: Ingress['spec']): string {
  const hosts = rules.map(({ host }) => host ?? '').filter((host) => host !== '');
  if (hosts.length === 0) return '*';
  const shown = hosts.slice(0, HOSTS_SHOWN_MAX).join(',');
  return hosts.length > HOSTS_SHOWN_MAX ? `${shown} + ${rules.length - HOSTS_SHOWN_MAX} more...` : shown;
}

function addressText({ loadBalancer }: Ingress['status']): string {
  const addresses = (loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter((address) => address !== '');
  return [...new Set(addresses)].sort().join(',');
}
