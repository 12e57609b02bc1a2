/** Structs of admissionregistration/v1: ValidatingWebhookConfiguration, ValidatingWebhook. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { int32, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { MatchCondition, RuleWithOperations } from './mutatingadmissionpolicy.js';
import { WebhookClientConfig } from './mutatingwebhookconfiguration.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ValidatingWebhook = struct('admissionregistration/v1.ValidatingWebhook', {
  name: str('Name string', 1),
  clientConfig: sub(WebhookClientConfig, 'ClientConfig admissionregistration/v1.WebhookClientConfig', 2),
  rules: list(RuleWithOperations, 'Rules []admissionregistration/v1.RuleWithOperations', 3, { listType: 'atomic' }).optional(),
  failurePolicy: str('FailurePolicy *v1.FailurePolicyType=string', 4, { enum: ['Fail', 'Ignore'] }).optional(),
  matchPolicy: str('MatchPolicy *v1.MatchPolicyType=string', 9, { enum: ['Equivalent', 'Exact'] }).optional(),
  namespaceSelector: sub(LabelSelector, 'NamespaceSelector *apis/meta/v1.LabelSelector', 5).optional(),
  objectSelector: sub(LabelSelector, 'ObjectSelector *apis/meta/v1.LabelSelector', 10).optional(),
  sideEffects: str('SideEffects *v1.SideEffectClass=string', 6, { enum: ['None', 'NoneOnDryRun', 'Some', 'Unknown'], omitempty: false }).optional(),
  timeoutSeconds: int32('TimeoutSeconds *int32', 7).optional(),
  admissionReviewVersions: list(str(), 'AdmissionReviewVersions []string', 8, { listType: 'atomic' }),
  matchConditions: list(MatchCondition, 'MatchConditions []admissionregistration/v1.MatchCondition', 11, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
});
export type ValidatingWebhook = z.output<typeof ValidatingWebhook>;

export const ValidatingWebhookConfiguration = struct('admissionregistration/v1.ValidatingWebhookConfiguration', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  webhooks: list(ValidatingWebhook, 'Webhooks []admissionregistration/v1.ValidatingWebhook', 2, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
});
export type ValidatingWebhookConfiguration = z.output<typeof ValidatingWebhookConfiguration>;
