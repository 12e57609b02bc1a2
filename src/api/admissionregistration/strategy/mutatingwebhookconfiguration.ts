/**
 * Rules on writing MutatingWebhookConfigurations.
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import type { Strategy } from '../../kind.js';
import { supported, type Causes } from '../../apps/validation/rules.js';
import { MutatingWebhookConfiguration } from '../types/mutatingwebhookconfiguration.js';
import type { MutatingWebhook } from '../types/mutatingwebhookconfiguration.js';
import { defaultWebhook, validateWebhooks } from '../validation/webhook.js';

export const strategy: Strategy<MutatingWebhookConfiguration> = {
  schema: MutatingWebhookConfiguration,
  metadataRules: 'generic',
  defaults({ webhooks = [] }) {
    for (const webhook of webhooks) {
      defaultWebhook(webhook);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
  prepareForCreate({ metadata }) {
    metadata.generation = 1;
  },
  generation: (next, previous) => !deepEqual(next.webhooks, previous.webhooks),
  validate: ({ webhooks = [] }) => validateWebhooks(webhooks, validateReinvocation),
  validateUpdate: ({ webhooks = [] }) => validateWebhooks(webhooks, validateReinvocation),
};

function validateReinvocation({ reinvocationPolicy }: MutatingWebhook, path: string): Causes {
  return reinvocationPolicy === undefined ? [] : supported(`${path}.reinvocationPolicy`, reinvocationPolicy, ['IfNeeded', 'Never']);
}
