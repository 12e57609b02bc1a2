/**
 * The policies that are there, each with the bindings that name it, both in the
 * order of their names. Answered from what was last read until one changes;
 * without any it costs a look.
 */
import type { MutatingAdmissionPolicy } from '../../../api/admissionregistration/types/mutatingadmissionpolicy.js';
import type { MutatingAdmissionPolicyBinding } from '../../../api/admissionregistration/types/mutatingadmissionpolicybinding.js';
import type { ValidatingAdmissionPolicy } from '../../../api/admissionregistration/types/validatingadmissionpolicy.js';
import type { ValidatingAdmissionPolicyBinding } from '../../../api/admissionregistration/types/validatingadmissionpolicybinding.js';
import type { KubeObject } from '../../../apimachinery/object.js';
import { whenThere, type Soon } from '../../../platform/soon.js';
import type { Server } from '../../context.js';

export interface PolicyHook<P, B> {
  policy: P;
  bindings: readonly B[];
}
export type ValidatingHook = PolicyHook<ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding>;
export type MutatingHook = PolicyHook<MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding>;

const GROUP = 'admissionregistration.k8s.io';
const NONE: readonly never[] = [];
const POLICIES = new Set(['validatingadmissionpolicies', 'validatingadmissionpolicybindings', 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings']);
const REVIEWS: Readonly<Record<string, ReadonlySet<string>>> = {
  'authentication.k8s.io': new Set(['selfsubjectreviews', 'tokenreviews']),
  'authorization.k8s.io': new Set(['localsubjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews', 'subjectaccessreviews']),
};

/** Policies are not asked about themselves, nor about reviews. */
export const isExempt = ({ group, plural }: { group: string; plural: string }): boolean =>
  group === GROUP ? POLICIES.has(plural) : REVIEWS[group]?.has(plural) === true;

export const validatingHooks = (server: Server): Soon<readonly ValidatingHook[]> =>
  hooksOf(server, 'validatingadmissionpolicies', 'validatingadmissionpolicybindings');
export const mutatingHooks = (server: Server): Soon<readonly MutatingHook[]> => hooksOf(server, 'mutatingadmissionpolicies', 'mutatingadmissionpolicybindings');

function hooksOf<P, B>(server: Server, policies: string, bindings: string): Soon<readonly PolicyHook<P, B>[]> {
  return whenThere(kept(server, policies), (found) => (found.length === 0 ? NONE : whenThere(kept(server, bindings), (bound) => bind<P, B>(found, bound))));
}

function kept(server: Server, plural: string): Soon<readonly KubeObject[]> {
  const kind = server.registry.resource(GROUP, 'v1', plural);
  return kind === undefined ? NONE : server.storages.of(kind).storage.kept.list('');
}

function bind<P, B>(policies: readonly KubeObject[], bindings: readonly KubeObject[]): readonly PolicyHook<P, B>[] {
  return policies.flatMap((policy) => {
    const own = bindings.filter((binding) => (binding as any).spec?.policyName === policy.metadata.name);
    return own.length === 0 ? [] : [{ policy: policy as P, bindings: own as readonly unknown[] as readonly B[] }];
  });
}
