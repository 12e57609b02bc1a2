/** eviction: a deletion that asks the pod's disruption budget first. */
import { deepCopy } from '../../apimachinery/deep.js';
import { selectorOf } from '../../apimachinery/labels.js';
import type { KubeObject } from '../../apimachinery/object.js';
import { badRequest, conflict, notFound, tooManyRequests, unforeseen, failure } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import { readAll } from '../registry/reads.js';
import { groupResource, type KindCall } from '../context.js';
import type { Outcome } from '../dispatch.js';
import { removeObject } from '../verbs/delete.js';
import { matchNamespace } from '../verbs/create.js';
import { CONFLICT_RETRIES_MAX } from '../verbs/update.js';
import { writeOptions } from '../write/options.js';
import type { DeleteOptions } from '../write/deleteoptions.js';
import { prepare } from '../write/prepare.js';
import { admit } from './admit.js';
import { decodeForeign, foreign } from './foreign.js';

/** A budget that is told of more evictions than this before its controller looks is not trusted. */
const DISRUPTED_MAX = 2000;

export async function evict(call: KindCall): Promise<Outcome> {
  const { server, info, kind, request } = call;
  const options = writeOptions(request, 'CreateOptions');
  const { Eviction } = await import('../../api/policy/types/eviction.js');
  const eviction = await decodeForeign(call, foreign({ group: 'policy', version: 'v1', kind: 'Eviction', schema: Eviction }), options);
  matchNamespace(eviction, info.namespace);
  const name: string = eviction.metadata.name ?? '';
  if (name !== '' && name !== info.name) throw badRequest('name in URL does not match name in Eviction object');
  const pod: any = await server.storages.of(kind).get({ namespace: info.namespace, name: info.name });
  if (pod === undefined) throw notFound(groupResource(kind), info.name);
  const given = eviction.deleteOptions ?? {};
  const remove: DeleteOptions = { ...given, dryRun: options.dryRun || (given.dryRun ?? []).length > 0 };
  checkPreconditions(pod, remove);
  await admit(call, { operation: 'CREATE', subresource: 'eviction', object: eviction, dryRun: remove.dryRun });
  if (!ignoresBudget(pod)) await askBudget(call, pod, remove);
  await removeObject(call, await prepare(kind), info.name, remove);
  return { status: 201, object: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } as unknown as KubeObject };
}

function checkPreconditions(pod: any, { preconditions }: DeleteOptions): void {
  const { uid } = preconditions ?? {};
  if (uid !== undefined && uid !== pod.metadata.uid)
    throw conflict(
      { group: '', resource: 'Pod' },
      pod.metadata.name,
      `the UID in the precondition (${uid}) does not match the UID in record (${pod.metadata.uid}). The object might have been deleted and then recreated`,
    );
}

/** A pod that has ended, is going or has not begun takes nothing from its budget. */
function ignoresBudget({ status, metadata }: any): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed' || status?.phase === 'Pending' || metadata.deletionTimestamp !== undefined;
}

async function askBudget(call: KindCall, pod: any, options: DeleteOptions): Promise<void> {
  const { server, info } = call;
  for (let tries = 0; tries <= CONFLICT_RETRIES_MAX; tries++) {
    const budgets = (await readAll(server, 'policy', 'poddisruptionbudgets', info.namespace)).filter((budget) =>
      selectorOf(budget.spec.selector).matches(pod.metadata.labels ?? {}),
    );
    if (budgets.length > 1) throw unforeseen('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.');
    const [budget] = budgets;
    if (budget === undefined) return;
    if (!isReady(pod) && mayGoUnready(budget)) return;
    const next = charged(budget, pod, server.options.clock.now());
    if (options.dryRun) return;
    const kind = server.registry.resource('policy', 'v1', 'poddisruptionbudgets')!;
    const written = await server.storages
      .of(kind)
      .storage.update({ namespace: info.namespace, name: budget.metadata.name }, next, Number(budget.metadata.resourceVersion), { durability: 'durable' });
    if (written !== undefined) return;
  }
  throw conflict({ group: 'policy', resource: 'poddisruptionbudgets' }, pod.metadata.name);
}

const isReady = (pod: any): boolean =>
  (pod.status?.conditions ?? []).some(({ type, status }: { type: string; status: string }) => type === 'Ready' && status === 'True');

function mayGoUnready({ spec, status }: any): boolean {
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  return (status?.currentHealthy ?? 0) >= (status?.desiredHealthy ?? 0) && (status?.desiredHealthy ?? 0) > 0;
}

function charged(budget: any, pod: any, now: number): any {
  const { status = {}, metadata } = budget;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0))
    throw refusal(`The disruption budget ${metadata.name} is still being processed by the server.`, metadata.name, 10);
  const allowed: number = status.disruptionsAllowed ?? 0;
  if (allowed < 0)
    throw failure({
      code: 403,
      reason: 'Forbidden',
      message: `poddisruptionbudgets.policy ${JSON.stringify(metadata.name)} is forbidden: pdb disruptions allowed is negative`,
      details: { name: metadata.name, group: 'policy', kind: 'poddisruptionbudgets' },
    });
  if (Object.keys(status.disruptedPods ?? {}).length > DISRUPTED_MAX)
    throw failure({
      code: 403,
      reason: 'Forbidden',
      message: `poddisruptionbudgets.policy ${JSON.stringify(metadata.name)} is forbidden: DisruptedPods map too big - too many evictions not confirmed by PDB controller`,
      details: { name: metadata.name, group: 'policy', kind: 'poddisruptionbudgets' },
    });
  if (allowed === 0)
    throw refusal(`The disruption budget ${metadata.name} needs ${status.desiredHealthy ?? 0} healthy pods and has ${status.currentHealthy ?? 0} currently`);
  const next = deepCopy(budget);
  next.status.disruptionsAllowed = allowed - 1;
  const rest = next.status.conditions;
  if (allowed === 1 && Array.isArray(rest))
    next.status.conditions = rest.map((condition: any) =>
      condition.type === 'DisruptionAllowed'
        ? { ...condition, status: 'False', reason: 'InsufficientPods', lastTransitionTime: formatTime(now), observedGeneration: next.status.observedGeneration }
        : condition,
    );
  next.status.disruptedPods = { ...next.status.disruptedPods, [pod.metadata.name]: formatTime(now) };
  return next;
}

function refusal(cause: string, _name = '', retryAfterSeconds = 0) {
  const error = tooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", retryAfterSeconds);
  error.status.details = { ...error.status.details, causes: [{ reason: 'DisruptionBudget', message: cause }] };
  return error;
}
