/** The admission plugins that are on by default, in kube-apiserver's own order. */
import type { AdmissionPlugin } from './plugin.js';
import { namespaceLifecycle } from './namespacelifecycle.js';
import { limitRanger } from './limitranger.js';
import { serviceAccount } from './serviceaccount.js';
import { nodeRestriction } from './noderestriction.js';
import { taintNodesByCondition } from './taintnodesbycondition.js';
import { podSecurity } from './podsecurity.js';
import { priority } from './priority.js';
import { defaultTolerationSeconds } from './defaulttolerationseconds.js';
import { defaultStorageClass } from './defaultstorageclass.js';
import { storageObjectInUseProtection } from './storageobjectinuseprotection.js';
import { persistentVolumeClaimResize } from './persistentvolumeclaimresize.js';
import { podResizeValidator } from './podresizevalidator.js';
import { runtimeClass } from './runtimeclass.js';
import { certificateApproval, certificateSigning, certificateSubjectRestriction } from './certificates.js';
import { defaultIngressClass } from './defaultingressclass.js';
import { escalation } from './escalation.js';
import { mutatingAdmissionPolicy, validatingAdmissionPolicy } from './policy/policies.js';
import { mutatingAdmissionWebhook, validatingAdmissionWebhook } from './webhook/webhooks.js';
import { resourceQuota } from './resourcequota.js';

export const PLUGINS: readonly AdmissionPlugin[] = [
  namespaceLifecycle,
  limitRanger,
  serviceAccount,
  nodeRestriction,
  taintNodesByCondition,
  podSecurity,
  priority,
  defaultTolerationSeconds,
  defaultStorageClass,
  storageObjectInUseProtection,
  persistentVolumeClaimResize,
  runtimeClass,
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  podResizeValidator,
  defaultIngressClass,
  mutatingAdmissionPolicy,
  mutatingAdmissionWebhook,
  escalation,
  validatingAdmissionPolicy,
  validatingAdmissionWebhook,
  resourceQuota,
];
