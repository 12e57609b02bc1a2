/**
 * Rules on writing ValidatingWebhookConfigurations.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import type { Strategy } from '../../kind.js';
import { ValidatingWebhookConfiguration } from '../types/validatingwebhookconfiguration.js';
import { defaultWebhook, validateWebhooks } from '../validation/webhook.js';

export const strategy: Strategy<ValidatingWebhookConfiguration> = {
  schema: ValidatingWebhookConfiguration,
  metadataRules: 'generic',
  defaults({ webhooks = [] }) {
    for (const webhook of webhooks) defaultWebhook(webhook);
  },
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  generation: (next, previous) => !deepEqual(next.webhooks, previous.webhooks),
  validate: ({ webhooks = [] }) => validateWebhooks(webhooks),
  validateUpdate: ({ webhooks = [] }) => validateWebhooks(webhooks),
};
