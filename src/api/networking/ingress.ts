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
/** As Kubernetes does: what follows the last host shown counts as more, with a host or without. */
function hostsText({ rules = [] }: Ingress['spec']): string {
  const named = rules.flatMap(({ host }, index) => (host ? [{ host, index }] : [])).slice(0, HOSTS_SHOWN_MAX);
  if (named.length === 0) return '*';
  const shown = named.map(({ host }) => host).join(',');
  const isFull = named.length === HOSTS_SHOWN_MAX && named.at(-1)!.index < rules.length - 1;
  return isFull ? `${shown} + ${rules.length - HOSTS_SHOWN_MAX} more...` : shown;
}

function addressText({ loadBalancer }: Ingress['status']): string {
  const addresses = (loadBalancer.ingress ?? []).map(({ ip, hostname }) => ip || hostname || '').filter((address) => address !== '');
  return [...new Set(addresses)].sort().join(',');
}
