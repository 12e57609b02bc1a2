/**
 * Lease: who holds something, and since when. This is the light description; rules on
 * writes are in strategy/lease.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { Lease as LeaseObject } from './types/lease.js';

export type Lease = LeaseObject;

export const Lease = defineKind<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  columns: [nameColumn, column('Holder', ({ spec }) => spec.holderIdentity ?? ''), ageColumn],
  strategy: async () => (await import('./strategy/lease.js')).strategy,
});
