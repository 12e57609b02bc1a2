/** Endpoints, the older form of EndpointSlices. */
import { defineKind } from '../define.js';
import { ageColumn, column, joinSome, nameColumn } from '../columns.js';
import type { Endpoints as EndpointsType } from './types/endpoints.js';

export type Endpoints = EndpointsType;

const SHOWN_MAX = 3;

function addresses({ subsets }: EndpointsType): string {
  if ((subsets ?? []).length === 0) return '<none>';
  const all = subsets!.flatMap(({ addresses: ips = [], ports = [] }) =>
    ports.length === 0 ? ips.map(({ ip }) => ip) : ports.flatMap(({ port }) => ips.map(({ ip }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`))),
  );
  return joinSome(all, SHOWN_MAX);
}

export const Endpoints = defineKind<EndpointsType>({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  listKind: 'EndpointsList',
  shortNames: ['ep'],
  prefix: '/registry/services/endpoints',
  columns: [nameColumn, column('Endpoints', addresses), ageColumn],
  strategy: async () => (await import('./strategy/endpoints.js')).strategy,
});
