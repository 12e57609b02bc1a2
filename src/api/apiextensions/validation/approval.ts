/** Groups under k8s.io and kubernetes.io are Kubernetes' own: a definition in one says who approved it. */
import type { CustomResourceDefinition } from '../types/customresourcedefinition.js';

export const APPROVAL = 'api-approved.kubernetes.io';
const NEEDED = `protected groups must have approval annotation "${APPROVAL}"`;
const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111';

export interface Approval {
  state: 'missing' | 'approved' | 'bypassed' | 'invalid';
  reason: string;
}

export const isProtectedGroup = (group: string): boolean => /(^|\.)(k8s|kubernetes)\.io$/.test(group);

export function approvalOf({ metadata }: CustomResourceDefinition): Approval {
  const approval = metadata.annotations?.[APPROVAL] ?? '';
  if (approval === '') return { state: 'missing', reason: `${NEEDED}, ${SEE}` };
  if (approval.startsWith('unapproved')) return { state: 'bypassed', reason: `not approved: ${JSON.stringify(approval)}` };
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#\s]+/.test(approval)) return { state: 'approved', reason: `approved in ${approval}` };
  return { state: 'invalid', reason: `${NEEDED} with either a URL or a reason starting with "unapproved", ${SEE}` };
}
