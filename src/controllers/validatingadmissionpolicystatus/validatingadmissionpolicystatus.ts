/** ValidatingAdmissionPolicy status: every generation of a policy is type-checked once, and what is found is told in its status. */
import { typeWarnings } from '../../api/admissionregistration/cel/typecheck.js';
import { ValidatingAdmissionPolicy as PolicyKind } from '../../api/admissionregistration/validatingadmissionpolicy.js';
import type { ValidatingAdmissionPolicy } from '../../api/admissionregistration/types/validatingadmissionpolicy.js';
import type { Kind } from '../../api/kind.js';
import type { Client } from '../../client/client.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { typeSource } from './openapi.js';

const KIND = PolicyKind as Kind<ValidatingAdmissionPolicy>;
const MANAGER = 'validatingadmissionpolicy-status';

export function validatingAdmissionPolicyStatusController(deps: ControllerDeps): Controller {
  const policies = deps.informers.of(KIND);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const policy = policies.lister.get({ name });
    const { generation = 0 } = policy?.metadata ?? {};
    if (policy === undefined || generation <= (policy.status?.observedGeneration ?? 0)) return;
    const expressionWarnings = await typeWarnings(policy, typeSource(client));
    const status = { observedGeneration: generation, typeChecking: expressionWarnings.length === 0 ? {} : { expressionWarnings } };
    const body = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name }, status };
    await client.on(KIND).patch({ name }, 'apply', body, { fieldManager: MANAGER, force: true, subresource: 'status' });
  }

  return makeController({ name: MANAGER, deps, informers: [[KIND, policies]], reconcile, wire: (queue) => [policies.handle(enqueueItself(queue))] });
}
