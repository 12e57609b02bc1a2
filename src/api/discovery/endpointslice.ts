/**
 * EndpointSlice: addresses behind a Service. This is the light description; rules on
 * writes are in strategy/endpointslice.ts.
 */
import { ageColumn, column, joinSome, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { EndpointSlice as EndpointSliceObject } from './types/endpointslice.js';

export type EndpointSlice = EndpointSliceObject;

export const EndpointSlice = defineKind<EndpointSlice>({
  group: 'discovery.k8s.io',
  version: 'v1',
  kind: 'EndpointSlice',
  plural: 'endpointslices',
  columns: [
    nameColumn,
    column('AddressType', ({ addressType }) => addressType),
    column('Ports', ({ ports }) => someOrUnset((ports ?? []).map(({ name, port }) => String(port ?? name ?? '*')))),
    column('Endpoints', ({ endpoints }) => someOrUnset((endpoints ?? []).flatMap(({ addresses }) => addresses ?? []))),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/endpointslice.js')).strategy,
});

const SHOWN_MAX = 3;
/** As Kubernetes does: one text that is empty counts as none. */
const someOrUnset = (texts: readonly string[]): string => joinSome(texts, SHOWN_MAX) || '<unset>';
