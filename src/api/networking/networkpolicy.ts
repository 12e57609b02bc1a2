/**
 * NetworkPolicy: who may talk to a set of pods. This is the light description; rules
 * on writes are in strategy/networkpolicy.ts.
 */
import { selectorText } from '../apps/selectortext.js';
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { NetworkPolicy as NetworkPolicyObject } from './types/networkpolicy.js';

export type NetworkPolicy = NetworkPolicyObject;

export const NetworkPolicy = defineKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  columns: [nameColumn, column('Pod-Selector', ({ spec }) => selectorText(spec.podSelector)), ageColumn],
  strategy: async () => (await import('./strategy/networkpolicy.js')).strategy,
});
