/**
 * ValidatingWebhookConfiguration: webhooks that may refuse what is written. This is the light
 * description; rules on writes are in strategy/validatingwebhookconfiguration.ts.
 */
import { ageColumn, nameColumn, numberColumn } from '../columns.js';
import { defineKind } from '../define.js';
import type { ValidatingWebhookConfiguration as ValidatingWebhookConfigurationObject } from './types/validatingwebhookconfiguration.js';

export type ValidatingWebhookConfiguration = ValidatingWebhookConfigurationObject;

export const ValidatingWebhookConfiguration = defineKind<ValidatingWebhookConfiguration>({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  categories: ['api-extensions'],
  namespaced: false,
  columns: [nameColumn, numberColumn('Webhooks', ({ webhooks }) => webhooks?.length ?? 0), ageColumn],
  strategy: async () => (await import('./strategy/validatingwebhookconfiguration.js')).strategy,
});
