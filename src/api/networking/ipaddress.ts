/**
 * IPAddress: an address that is taken, and by what. This is the light description;
 * rules on writes are in strategy/ipaddress.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { IPAddress as IPAddressObject } from './types/ipaddress.js';

export type IPAddress = IPAddressObject;

export const IPAddress = defineKind<IPAddress>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IPAddress',
  plural: 'ipaddresses',
  shortNames: ['ip'],
  namespaced: false,
  columns: [nameColumn, column('ParentRef', ({ spec }) => parentText(spec.parentRef)), { ...ageColumn, untold: true }],
  strategy: async () => (await import('./strategy/ipaddress.js')).strategy,
});

function parentText(parent: IPAddress['spec']['parentRef']): string {
  if (!parent) return '<none>';
  const resource = parent.group ? `${parent.resource}.${parent.group}` : (parent.resource ?? '');
  return [resource, parent.namespace, parent.name].filter((part) => part).join('/');
}
