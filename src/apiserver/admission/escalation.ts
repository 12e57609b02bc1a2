/**
 * Roles and bindings: who writes one must hold what it gives, or hold the verbs
 * "escalate" (on the role) or "bind" (on the role that is bound). kube-apiserver
 * checks this in RBAC's own storage, once mutating admission is over and before the object's rules.
 */
import { deepEqual } from '../../apimachinery/deep.js';
import { forbidden, notFound } from '../../apimachinery/status.js';
import { MASTERS, type PolicyRule } from '../authz/authorizer.js';
import { escalationText, missingRights } from '../authz/escalation.js';
import { read, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

const GROUP = 'rbac.authorization.k8s.io';
const ROLES = ['roles', 'clusterroles'];
const BINDINGS = ['rolebindings', 'clusterrolebindings'];
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

export const escalation: AdmissionPlugin = {
  name: 'RBACEscalation',
  handles: ({ kind, subresource, operation, user, server }) =>
    kind.group === GROUP &&
    subresource === '' &&
    (operation === 'CREATE' || operation === 'UPDATE') &&
    !user.groups.includes(MASTERS) &&
    server.options.rulesFor !== undefined,
  async admit(request) {
    const { kind } = request;
    if (ROLES.includes(kind.plural)) await confirmRole(request);
    else if (BINDINGS.includes(kind.plural)) await confirmBinding(request);
  },
};

async function confirmRole(request: AdmissionRequest): Promise<void> {
  const { object, previous, name } = request;
  const before = previous as { rules?: PolicyRule[]; aggregationRule?: object } | undefined;
  if (before !== undefined && deepEqual(before.rules ?? [], object.rules ?? []) && deepEqual(before.aggregationRule, object.aggregationRule)) return;
  if (await may(request, 'escalate', request.kind.plural, name)) return;
  await confirm(request, object.rules ?? []);
  if ((object.aggregationRule?.clusterRoleSelectors ?? []).length > 0)
    await confirm(request, EVERYTHING, 'must have cluster-admin privileges to use the aggregationRule');
}

async function confirmBinding(request: AdmissionRequest): Promise<void> {
  const { object, previous, server, namespace } = request;
  const before = previous as { roleRef?: object; subjects?: object[] } | undefined;
  if (before !== undefined && deepEqual(before.roleRef, object.roleRef) && deepEqual(before.subjects ?? [], object.subjects ?? [])) return;
  const { kind, name } = object.roleRef;
  const plural = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  if (await may(request, 'bind', plural, name)) return;
  const role = await read(server, GROUP, plural, { namespace: plural === 'roles' ? namespace : '', name });
  if (role === undefined) throw notFound({ group: GROUP, resource: String(kind).toLowerCase() }, name);
  await confirm(request, role.rules ?? []);
}

/** `instead`: said in place of what is missing. */
async function confirm({ server, user, namespace, kind, object, name }: AdmissionRequest, wanted: readonly PolicyRule[], instead?: string): Promise<void> {
  const { rules, errors } = await server.options.rulesFor!(user, namespace);
  const missing = missingRights(rules, wanted);
  if (missing.length === 0) return;
  throw forbidden({ group: GROUP, resource: kind.plural }, object.metadata?.name ?? name, instead ?? escalationText(user, missing, errors));
}

async function may({ server, user, namespace }: AdmissionRequest, verb: string, resource: string, name: string): Promise<boolean> {
  const { allowed } = await server.authorize({
    user,
    verb,
    resourceRequest: true,
    path: '',
    apiGroup: GROUP,
    apiVersion: '*',
    resource,
    subresource: '',
    namespace,
    name,
  });
  return allowed;
}
