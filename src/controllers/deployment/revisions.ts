/**
 * The ReplicaSets of a Deployment: which one runs its template, making that
 * one when there is none, and forgetting those that are too old.
 */
import type { ObjectDraft } from '../../apimachinery/object.js';
import { isAlreadyExists, isStatusError } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import type { EventRecorder } from '../../client/events.js';
import { keyFor } from '../../client/resource.js';
import type { Clock } from '../../platform/clock.js';
import { Deployment, ReplicaSet } from '../kinds.js';
import { byAge, isSame } from '../order.js';
import { controllerOf, controllerRef } from '../owner.js';
import { isNamespaceTerminating } from '../podcontrol.js';
import { templateHash } from '../templatehash.js';
import { conditionOf } from '../pods.js';
import { newAnnotations, REVISION, revisedAnnotations, revisionOf } from './annotations.js';
import { newReplicas } from './arithmetic.js';
import { condition, hasDeadline, withCondition } from './status.js';

export const HASH_LABEL = 'pod-template-hash';
const NO_LIMIT = 2 ** 31 - 1;

export interface Rollout {
  client: Client;
  recorder: EventRecorder;
  clock: Clock;
  /** As last written by this reconcile. */
  deployment: Deployment;
  current: ReplicaSet | undefined;
  old: ReplicaSet[];
}

/** The oldest set whose template is the Deployment's; several may be, from before hashes were stable. */
export function currentOf(deployment: Deployment, sets: readonly ReplicaSet[]): ReplicaSet | undefined {
  return [...sets].sort(byAge).find((set) => runs(set, deployment));
}

function runs(set: ReplicaSet, deployment: Deployment): boolean {
  const { [HASH_LABEL]: _hash, ...labels } = set.spec.template.metadata.labels ?? {};
  const { [HASH_LABEL]: _own, ...wanted } = deployment.spec.template.metadata.labels ?? {};
  const { labels: _one, ...metadata } = set.spec.template.metadata;
  const { labels: _other, ...template } = deployment.spec.template.metadata;
  return isSame(labels, wanted) && isSame(metadata, template) && isSame(set.spec.template.spec, deployment.spec.template.spec);
}

/** Gives the current set and the Deployment their revision. */
export async function syncRevision(rollout: Rollout): Promise<void> {
  const { client, deployment, current, old, clock } = rollout;
  if (current === undefined) return;
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  const annotations = revisedAnnotations(deployment, current.metadata.annotations ?? {}, revision);
  const minReadySeconds = deployment.spec.minReadySeconds ?? 0;
  if (annotations !== undefined || (current.spec.minReadySeconds ?? 0) !== minReadySeconds) {
    const metadata = { ...current.metadata, annotations: annotations ?? current.metadata.annotations ?? {} };
    rollout.current = await client.on(ReplicaSet).update({ ...current, metadata, spec: { ...current.spec, minReadySeconds } });
    return;
  }
  const found = condition('Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set "${current.metadata.name}"`, clock.now());
  const conditions = deployment.status.conditions ?? [];
  const tell = hasDeadline(deployment) && conditionOf(conditions, 'Progressing') === undefined;
  await writeRevision(rollout, current.metadata.annotations?.[REVISION], tell ? found : undefined);
}

async function writeRevision(rollout: Rollout, revision: string | undefined, told?: ReturnType<typeof condition>): Promise<void> {
  const { client, deployment } = rollout;
  const same = revision === undefined || deployment.metadata.annotations?.[REVISION] === revision;
  if (same && told === undefined) return;
  const metadata = same ? deployment.metadata : { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, [REVISION]: revision } };
  const status = told === undefined ? deployment.status : { ...deployment.status, conditions: withCondition(deployment.status.conditions ?? [], told) };
  rollout.deployment = await client.on(Deployment).updateStatus({ ...deployment, metadata, status });
}

/** Makes the set of the Deployment's template, named by its hash: a second attempt after a crash meets AlreadyExists, not a twin. */
export async function makeCurrent(rollout: Rollout): Promise<void> {
  const { client, recorder, clock, deployment, old } = rollout;
  const revision = Math.max(0, ...old.map(revisionOf)) + 1;
  const hash = await templateHash(deployment.spec.template, deployment.status.collisionCount);
  const draft = currentDraft(deployment, old, { revision, hash });
  const name = draft.metadata!.name!;
  let existed = false;
  try {
    rollout.current = await client.on(ReplicaSet).create(draft);
  } catch (error) {
    if (isNamespaceTerminating(error) || !isStatusError(error)) throw error;
    if (!isAlreadyExists(error)) {
      if (hasDeadline(deployment))
        await writeRevision(rollout, undefined, condition('Progressing', 'False', 'ReplicaSetCreateError', error.message, clock.now()));
      recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', `Failed to create new replica set "${name}": ${error.message}`);
      throw error;
    }
    rollout.current = await takeNamesake(rollout, name, error);
    existed = true;
  }
  const replicas = draft.spec!.replicas!;
  if (!existed && replicas > 0) recorder.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${replicas}`);
  const made = condition('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`, clock.now());
  await writeRevision(rollout, String(revision), !existed && hasDeadline(deployment) ? made : undefined);
}

/** The set of this name, if it is ours; else the next hash counts one collision more. */
async function takeNamesake({ client, deployment }: Rollout, name: string, error: unknown): Promise<ReplicaSet> {
  const found = await client.on(ReplicaSet).get({ namespace: deployment.metadata.namespace!, name });
  if (controllerOf(found)?.uid === deployment.metadata.uid && runs(found, deployment)) return found;
  const collisionCount = (deployment.status.collisionCount ?? 0) + 1;
  await client.on(Deployment).updateStatus({ ...deployment, status: { ...deployment.status, collisionCount } });
  throw error;
}

function currentDraft(deployment: Deployment, old: readonly ReplicaSet[], { revision, hash }: { revision: number; hash: string }): ObjectDraft<ReplicaSet> {
  const { template, selector = {}, minReadySeconds } = deployment.spec;
  const labels = { ...template.metadata.labels, [HASH_LABEL]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace!,
      labels,
      annotations: newAnnotations(deployment, revision),
      ownerReferences: [controllerRef(deployment, Deployment)],
    },
    spec: {
      replicas: newReplicas(deployment, old, 0),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  } as ObjectDraft<ReplicaSet>;
}

/** Deletes idle old sets beyond the history limit, lowest revision first. */
export async function forgetOld({ client, deployment, old }: Rollout): Promise<void> {
  const limit = deployment.spec.revisionHistoryLimit ?? NO_LIMIT;
  if (limit === NO_LIMIT) return;
  const alive = old.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const surplus = [...alive].sort((one, other) => revisionOf(one) - revisionOf(other) || byAge(one, other)).slice(0, Math.max(0, alive.length - limit));
  for (const set of surplus) {
    const idle = set.status.replicas === 0 && set.spec.replicas === 0 && set.metadata.generation! <= (set.status.observedGeneration ?? 0);
    if (idle) await client.on(ReplicaSet).delete(keyFor(set));
  }
}
