/**
 * Namespace controller: empties a namespace that is being deleted, pods first,
 * says in conditions what is left, and lifts its finalizer when nothing is.
 */
import type { Kind } from '../../api/kind.js';
import type { NamespaceCondition } from '../../api/core/types/namespace.js';
import { formatTime } from '../../apimachinery/time.js';
import { isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { discoverKinds } from '../../client/discovery.js';
import { anyChange, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Namespace } from '../kinds.js';
import { byText, isSame } from '../order.js';
import { conditionOf } from '../pods.js';
import { emptyKind, type Left } from './content.js';

/** Kubernetes waits this long, so that all API servers know that the namespace takes nothing more. */
const GRACE_MS = 5_000;
const FINALIZER = 'kubernetes';

type Told = Pick<NamespaceCondition, 'type' | 'status' | 'reason' | 'message'>;

export function namespaceController(deps: ControllerDeps): Controller {
  const { clock } = deps;
  const namespaces = deps.informers.of(Namespace);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const cached = namespaces.lister.get({ name });
    if (cached?.metadata.deletionTimestamp === undefined) return;
    if ((cached.spec.finalizers ?? []).length === 0) return;
    const goingSeconds = (clock.now() - Date.parse(cached.metadata.deletionTimestamp)) / 1000;
    const { left, failures, told } = await emptyAll(client, name, goingSeconds);
    await tell(client, cached, told);
    const seconds = Math.max(0, ...left.map(({ estimateSeconds }) => estimateSeconds));
    if (failures.length > 0) throw new Error(`deletion of namespace ${name} failed: ${failures.length === 1 ? failures[0] : `[${failures.join(', ')}]`}`);
    if (seconds > 0) return { againMs: (Math.floor(seconds / 2) + 1) * 1000 };
    await finalize(client, name);
  }

  async function emptyAll(client: Client, namespace: string, goingSeconds: number): Promise<{ left: Left[]; failures: string[]; told: Told[] }> {
    const { kinds, failed } = await discoverKinds(client);
    const undiscovered = failed.map(({ groupVersion, message }) => `${groupVersion}: ${message}`).sort(byText);
    const failures = undiscovered.length === 0 ? [] : [`unable to retrieve the complete list of server APIs: ${undiscovered.join(', ')}`];
    const deletable = kinds.filter(({ namespaced, verbs }) => namespaced && verbs.includes('delete') && verbs.includes('list'));
    const left: Left[] = [];
    const empty = async (kind: Kind): Promise<Left> => {
      const rest = await emptyKind(client, kind, { namespace, goingSeconds });
      left.push(rest);
      return rest;
    };
    const pods = deletable.find(isPods);
    const { remaining = 0, failure } = pods === undefined ? {} : await empty(pods);
    if (failure !== undefined) failures.push(`failed to delete pods for namespace: ${namespace}, err: ${failure}`);
    // Secrets and the like must outlive the pods that use them. As Kubernetes does: until the pods are gone, nobody is told that something remains.
    if (remaining > 0)
      return { left, failures, told: conditionsOf({ contents: left.map((rest) => ({ ...rest, remaining: 0, finalizers: new Map() })), undiscovered }) };
    for (const kind of deletable) {
      if (kind === pods) continue;
      const rest = await empty(kind);
      if (rest.failure !== undefined) failures.push(rest.failure);
    }
    return { left, failures, told: conditionsOf({ contents: left, undiscovered }) };
  }

  async function tell(client: Client, namespace: Namespace, told: readonly Told[]): Promise<void> {
    const conditions = [...(namespace.status.conditions ?? [])];
    const now = formatTime(clock.now());
    for (const next of told) {
      const known = conditionOf(conditions, next.type);
      const lastTransitionTime = known?.status === next.status ? known.lastTransitionTime : now;
      const condition = { ...next, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }) } as NamespaceCondition;
      if (known === undefined) conditions.push(condition);
      else conditions[conditions.indexOf(known)] = condition;
    }
    if (!isSame(conditions, namespace.status.conditions))
      await client.on(Namespace).updateStatus({ ...namespace, status: { ...namespace.status, conditions } });
  }

  async function finalize(client: Client, name: string): Promise<void> {
    try {
      const fresh = await client.on(Namespace).get({ name });
      const finalizers = (fresh.spec.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER);
      await client.on(Namespace).updateSubresource({ name }, 'finalize', { ...fresh, spec: { ...fresh.spec, finalizers } });
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone, which is what was wanted
    }
  }

  return makeController({
    name: 'namespace',
    deps,
    informers: [[Namespace, namespaces]],
    workers: 10,
    retry: { firstMs: 5, maxMs: 60_000 },
    reconcile,
    wire: (queue) => [
      namespaces.handle(
        anyChange(({ metadata }) => {
          if (metadata.deletionTimestamp !== undefined) queue.addAfter(metadata.name!, GRACE_MS);
        }),
      ),
    ],
  });
}

const isPods = ({ group, plural }: Kind): boolean => group === '' && plural === 'pods';

function conditionsOf({ contents: left, undiscovered }: { contents: readonly Left[]; undiscovered: readonly string[] }): Told[] {
  const remaining = left.filter(({ remaining: count }) => count > 0).map(({ resource, remaining: count }) => `${resource} has ${count} resource instances`);
  const finalizers = new Map<string, number>();
  for (const rest of left) for (const [name, count] of rest.finalizers) finalizers.set(name, (finalizers.get(name) ?? 0) + count);
  const held = [...finalizers].map(([name, count]) => `${name} in ${count} resource instances`).sort(byText);
  const failures = left.flatMap(({ failure }) => (failure === undefined ? [] : [failure])).sort(byText);
  const condition = (type: string, bad: boolean, [reason, message]: [string, string], [okReason, okMessage]: [string, string]): Told =>
    bad ? { type, status: 'True', reason, message } : { type, status: 'False', reason: okReason, message: okMessage };
  return [
    condition(
      'NamespaceDeletionDiscoveryFailure',
      undiscovered.length > 0,
      [
        'DiscoveryFailed',
        `Discovery failed for some groups, ${undiscovered.length} failing: unable to retrieve the complete list of server APIs: ${undiscovered.join(', ')}`,
      ],
      ['ResourcesDiscovered', 'All resources successfully discovered'],
    ),
    condition('NamespaceDeletionGroupVersionParsingFailure', false, ['', ''], ['ParsedGroupVersions', 'All legacy kube types successfully parsed']),
    condition(
      'NamespaceDeletionContentFailure',
      failures.length > 0,
      ['ContentDeletionFailed', `Failed to delete all resource types, ${failures.length} remaining: ${failures.join(', ')}`],
      ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    ),
    condition(
      'NamespaceContentRemaining',
      remaining.length > 0,
      ['SomeResourcesRemain', `Some resources are remaining: ${remaining.sort(byText).join(', ')}`],
      ['ContentRemoved', 'All content successfully removed'],
    ),
    condition(
      'NamespaceFinalizersRemaining',
      held.length > 0,
      ['SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${held.join(', ')}`],
      ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    ),
  ];
}
