/** Structs of admissionregistration/v1: MutatingWebhookConfiguration, MutatingWebhook, WebhookClientConfig, ServiceReference. Shape and Go facts only; rules live in the kind's strategy. */
import type { z } from 'zod';
import { bytes, int32, list, str, struct, sub, typeMeta } from '../../../apimachinery/schema.js';
import { MatchCondition, RuleWithOperations } from './mutatingadmissionpolicy.js';
import { LabelSelector, ObjectMeta } from '../../../apimachinery/meta/meta.js';

export const ServiceReference = struct('admissionregistration/v1.ServiceReference', {
  namespace: str('Namespace string', 1),
  name: str('Name string', 2),
  path: str('Path *string', 3).optional(),
  port: int32('Port *int32', 4).optional(),
});
export type ServiceReference = z.output<typeof ServiceReference>;

export const WebhookClientConfig = struct('admissionregistration/v1.WebhookClientConfig', {
  url: str('URL *string', 3).optional(),
  service: sub(ServiceReference, 'Service *admissionregistration/v1.ServiceReference', 1).optional(),
  caBundle: bytes('CABundle []uint8', 2).optional(),
});
export type WebhookClientConfig = z.output<typeof WebhookClientConfig>;

export const MutatingWebhook = struct('admissionregistration/v1.MutatingWebhook', {
  name: str('Name string', 1),
  clientConfig: sub(WebhookClientConfig, 'ClientConfig admissionregistration/v1.WebhookClientConfig', 2),
  rules: list(RuleWithOperations, 'Rules []admissionregistration/v1.RuleWithOperations', 3, { listType: 'atomic' }).optional(),
  failurePolicy: str('FailurePolicy *v1.FailurePolicyType=string', 4, { enum: ['Fail', 'Ignore'] }).optional(),
  matchPolicy: str('MatchPolicy *v1.MatchPolicyType=string', 9, { enum: ['Equivalent', 'Exact'] }).optional(),
  namespaceSelector: sub(LabelSelector, 'NamespaceSelector *apis/meta/v1.LabelSelector', 5).optional(),
  objectSelector: sub(LabelSelector, 'ObjectSelector *apis/meta/v1.LabelSelector', 11).optional(),
  sideEffects: str('SideEffects *v1.SideEffectClass=string', 6, { enum: ['None', 'NoneOnDryRun', 'Some', 'Unknown'], omitempty: false }).optional(),
  timeoutSeconds: int32('TimeoutSeconds *int32', 7).optional(),
  admissionReviewVersions: list(str(), 'AdmissionReviewVersions []string', 8, { listType: 'atomic' }),
  reinvocationPolicy: str('ReinvocationPolicy *v1.ReinvocationPolicyType=string', 10, { enum: ['IfNeeded', 'Never'] }).optional(),
  matchConditions: list(MatchCondition, 'MatchConditions []admissionregistration/v1.MatchCondition', 12, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
});
export type MutatingWebhook = z.output<typeof MutatingWebhook>;

export const MutatingWebhookConfiguration = struct('admissionregistration/v1.MutatingWebhookConfiguration', {
  ...typeMeta,
  metadata: sub(ObjectMeta, 'ObjectMeta apis/meta/v1.ObjectMeta', 1, { omitempty: true }),
  webhooks: list(MutatingWebhook, 'Webhooks []admissionregistration/v1.MutatingWebhook', 2, {
    patch: 'merge',
    key: 'name',
    listType: 'map',
    mapKeys: ['name'],
  }).optional(),
});
export type MutatingWebhookConfiguration = z.output<typeof MutatingWebhookConfiguration>;
