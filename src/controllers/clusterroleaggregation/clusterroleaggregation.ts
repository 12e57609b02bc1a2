/** ClusterRole aggregation: a role that selects others has their rules, each once, in the order of their names. */
import { ClusterRole as ClusterRoleKind } from '../../api/rbac/clusterrole.js';
import type { ClusterRole } from '../../api/rbac/types/clusterrole.js';
import type { Kind } from '../../api/kind.js';
import { deepEqual } from '../../apimachinery/deep.js';
import { selectorOf } from '../../apimachinery/labels.js';
import type { Client } from '../../client/client.js';
import { anyChange, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';

const KIND = ClusterRoleKind as Kind<ClusterRole>;
type Rule = NonNullable<ClusterRole['rules']>[number];

export function clusterRoleAggregationController(deps: ControllerDeps): Controller {
  const roles = deps.informers.of(KIND);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const role = roles.lister.get({ name });
    if (role?.aggregationRule === undefined || role.aggregationRule === null) return;
    const rules = aggregated(role, roles.lister.list());
    if (deepEqual(rules, role.rules ?? [])) return;
    const body = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, ...(rules.length > 0 ? { rules } : {}) };
    await client.on(KIND).patch({ name }, 'apply', body, { fieldManager: 'clusterrole-aggregation-controller', force: true });
  }

  return makeController({
    name: 'clusterrole-aggregation',
    deps,
    informers: [[KIND, roles]],
    workers: 5,
    reconcile,
    // Any role may have come to be selected, or to be so no more.
    wire: (queue) => [
      roles.handle(anyChange(() => roles.lister.list().forEach(({ metadata, aggregationRule }) => aggregationRule && queue.add(metadata.name!)))),
    ],
  });
}

function aggregated({ metadata, aggregationRule }: ClusterRole, all: readonly ClusterRole[]): Rule[] {
  const others = all.filter((role) => role.metadata.name !== metadata.name);
  const rules: Rule[] = [];
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    const selected = others
      .filter((role) => selectorOf(selector).matches(role.metadata.labels ?? {}))
      .sort((one, other) => (one.metadata.name! < other.metadata.name! ? -1 : 1));
    for (const rule of selected.flatMap((role) => role.rules ?? [])) if (!rules.some((known) => deepEqual(known, rule))) rules.push(rule);
  }
  return rules;
}
