/**
 * IngressClass: which controller serves an Ingress. This is the light description;
 * rules on writes are in strategy/ingressclass.ts.
 */
import { ageColumn, column, nameColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { IngressClass as IngressClassObject } from './types/ingressclass.js';

export type IngressClass = IngressClassObject;

export const IngressClass = defineKind<IngressClass>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'IngressClass',
  plural: 'ingressclasses',
  namespaced: false,
  columns: [
    nameColumn,
    column('Controller', ({ spec }) => spec.controller ?? ''),
    column('Parameters', ({ spec }) => parametersText(spec.parameters)),
    ageColumn,
  ],
  strategy: async () => (await import('./strategy/ingressclass.js')).strategy,
});

function parametersText(parameters: IngressClass['spec']['parameters']): string {
  if (!parameters) return '<none>';
  return `${parameters.kind}${parameters.apiGroup === undefined ? '' : `.${parameters.apiGroup}`}/${parameters.name}`;
}
