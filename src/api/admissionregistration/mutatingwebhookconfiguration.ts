/**
 * MutatingWebhookConfiguration: webhooks that may change what is written. This is the light
 * description; rules on writes are in strategy/mutatingwebhookconfiguration.ts.
 */
import { ageColumn, nameColumn, numberColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { MutatingWebhookConfiguration as MutatingWebhookConfigurationObject } from './types/mutatingwebhookconfiguration.js';

export type MutatingWebhookConfiguration = MutatingWebhookConfigurationObject;

export const MutatingWebhookConfiguration = defineKind<MutatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
  columns: [nameColumn, numberColumn('Webhooks', ({ webhooks }) => webhooks?.length ?? 0), ageColumn],
  strategy: async () => (await import('./strategy/mutatingwebhookconfiguration.js')).strategy,
});
