/** The kinds of admissionregistration.k8s.io. */
import type { Kind } from '../kind.js';
import { MutatingWebhookConfiguration } from './mutatingwebhookconfiguration.js';
import { ValidatingWebhookConfiguration } from './validatingwebhookconfiguration.js';
import { ValidatingAdmissionPolicy } from './validatingadmissionpolicy.js';
import { ValidatingAdmissionPolicyBinding } from './validatingadmissionpolicybinding.js';
import { MutatingAdmissionPolicy } from './mutatingadmissionpolicy.js';
import { MutatingAdmissionPolicyBinding } from './mutatingadmissionpolicybinding.js';

export const kinds: readonly Kind[] = [
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
];
