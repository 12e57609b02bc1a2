/**
 * Deployment controller: owns one ReplicaSet per pod-template revision and
 * decides how many replicas each should have. It never touches a pod.
 */
import { keyOf } from '../../apimachinery/object.js';
import type { Client } from '../../client/client.js';
import { keyTextOf } from '../../client/resource.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { Deployment, Pod, ReplicaSet } from '../kinds.js';
import { byAge, isSame } from '../order.js';
import { claim, orphanIndex, ownedChanges, ownerIn } from '../owner.js';
import { conditionOf, isFinished } from '../pods.js';
import { desiredReplicas, maxReplicas, replicasAnnotations } from './annotations.js';
import { actual, inProportion, isRolling, newReplicas, replicasOf, shrinkOld, type Scale } from './arithmetic.js';
import { currentOf, forgetOld, makeCurrent, syncRevision, type Rollout } from './revisions.js';
import { condition, countedStatus, hasDeadline, isComplete, rolloutStatus, untilStuck, withCondition } from './status.js';

export function deploymentController(deps: ControllerDeps): Controller {
  const { clock, recorder } = deps;
  const deployments = deps.informers.of(Deployment);
  const sets = deps.informers.of(ReplicaSet, { indexers: orphanIndex });
  const pods = deps.informers.of(Pod, { indexers: orphanIndex });

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const deployment = deployments.lister.get(keyOf(key));
    if (deployment === undefined) return;
    const { selector = {} } = deployment.spec;
    if (isSame(selector, {})) {
      recorder.event(deployment, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.');
      if ((deployment.status.observedGeneration ?? 0) < deployment.metadata.generation!) {
        await client.on(Deployment).updateStatus({ ...deployment, status: { ...deployment.status, observedGeneration: deployment.metadata.generation! } });
      }
      return;
    }
    const owned = await claim({ client, owner: deployment, ownerKind: Deployment, kind: ReplicaSet, informer: sets, selector });
    const current = currentOf(deployment, owned);
    const rollout: Rollout = { client, recorder, clock, deployment, current, old: owned.filter((set) => set !== current) };
    return sync(rollout);
  }

  async function sync(rollout: Rollout): Promise<Outcome> {
    if (rollout.deployment.metadata.deletionTimestamp !== undefined) {
      await syncRevision(rollout);
      return writeCounts(rollout);
    }
    await tellPaused(rollout);
    if (rollout.deployment.spec.paused || isScaled(rollout)) return scaleAll(rollout);
    return isRolling(rollout.deployment) ? roll(rollout) : recreate(rollout);
  }

  async function tellPaused(rollout: Rollout): Promise<void> {
    const { client, deployment } = rollout;
    const known = conditionOf(deployment.status.conditions, 'Progressing');
    if (!hasDeadline(deployment) || known?.reason === 'ProgressDeadlineExceeded') return;
    const { paused = false } = deployment.spec;
    const told = known?.reason === 'DeploymentPaused';
    if (paused === told) return;
    const next = paused
      ? condition('Progressing', 'Unknown', 'DeploymentPaused', 'Deployment is paused', clock.now())
      : condition('Progressing', 'Unknown', 'DeploymentResumed', 'Deployment is resumed', clock.now());
    const status = { ...deployment.status, conditions: withCondition(deployment.status.conditions ?? [], next) };
    rollout.deployment = await client.on(Deployment).updateStatus({ ...deployment, status });
  }

  async function roll(rollout: Rollout): Promise<Outcome> {
    await ensureCurrent(rollout);
    const current = rollout.current!;
    const { deployment, old } = rollout;
    const wanted =
      replicasOf(current) > deployment.spec.replicas! ? deployment.spec.replicas! : newReplicas(deployment, [...old, current], replicasOf(current));
    if (await scaleTo(rollout, [{ set: current, replicas: wanted }])) return writeRollout(rollout);
    let shrunk = false;
    for (const scales of shrinkOld(
      deployment,
      old.filter((set) => replicasOf(set) > 0),
      current,
    ))
      shrunk = (await scaleTo(rollout, scales)) || shrunk;
    if (shrunk) return writeRollout(rollout);
    if (isComplete(deployment, deployment.status)) await forgetOld(rollout);
    return writeRollout(rollout);
  }

  async function recreate(rollout: Rollout): Promise<Outcome> {
    if (rollout.current !== undefined) await syncRevision(rollout);
    const { deployment, old } = rollout;
    const running = old.filter((set) => replicasOf(set) > 0).map((set) => ({ set, replicas: 0 }));
    if (await scaleTo(rollout, running)) return writeRollout(rollout);
    if (oldPodsRun(old)) return writeRollout(rollout);
    if (rollout.current === undefined) await makeCurrent(rollout);
    await scaleTo(rollout, [{ set: rollout.current!, replicas: deployment.spec.replicas! }]);
    if (isComplete(rollout.deployment, rollout.deployment.status)) await forgetOld(rollout);
    return writeRollout(rollout);
  }

  function oldPodsRun(old: readonly ReplicaSet[]): boolean {
    return actual(old) > 0 || old.some(({ metadata }) => pods.lister.ownedBy(metadata.uid!).some((pod) => !isFinished(pod)));
  }

  async function ensureCurrent(rollout: Rollout): Promise<void> {
    if (rollout.current === undefined) await makeCurrent(rollout);
    else await syncRevision(rollout);
  }

  /** Whether the number of replicas was changed since the sets were last told of it. */
  function isScaled({ deployment, current, old }: Rollout): boolean {
    const all = current === undefined ? old : [...old, current];
    return all.filter((set) => replicasOf(set) > 0).some((set) => (desiredReplicas(set) ?? deployment.spec.replicas) !== deployment.spec.replicas);
  }

  async function scaleAll(rollout: Rollout): Promise<Outcome> {
    await syncRevision(rollout);
    const { deployment, current, old } = rollout;
    await applyScales(rollout, scalePlan(deployment, current, old));
    if (deployment.spec.paused) await forgetOld(rollout);
    return writeCounts(rollout);
  }

  /** Sets a set's replicas, with the annotations that go with the Deployment's size. Returns whether any changed its size. */
  async function scaleTo(rollout: Rollout, scales: readonly Scale[]): Promise<boolean> {
    const needed = scales.filter(({ set, replicas }) => replicasOf(set) !== replicas);
    await applyScales(rollout, needed);
    return needed.length > 0;
  }

  async function applyScales(rollout: Rollout, scales: readonly Scale[]): Promise<void> {
    const { client, deployment } = rollout;
    for (const { set: planned, replicas } of scales) {
      const set = latest(rollout, planned);
      const annotations = { ...set.metadata.annotations, ...replicasAnnotations(deployment) };
      const before = replicasOf(set);
      if (before === replicas && isSame(annotations, set.metadata.annotations)) continue;
      const next = await client.on(ReplicaSet).update({ ...set, metadata: { ...set.metadata, annotations }, spec: { ...set.spec, replicas } });
      if (before !== replicas) {
        const way = before < replicas ? 'up' : 'down';
        recorder.event(deployment, 'Normal', 'ScalingReplicaSet', `Scaled ${way} replica set ${set.metadata.name} from ${before} to ${replicas}`);
      }
      if (rollout.current?.metadata.uid === set.metadata.uid) rollout.current = next;
      else rollout.old = rollout.old.map((old) => (old.metadata.uid === set.metadata.uid ? next : old));
    }
  }

  async function writeCounts(rollout: Rollout): Promise<Outcome> {
    const { deployment, current, old } = rollout;
    return writeStatus(rollout, countedStatus(deployment, current, current === undefined ? old : [...old, current], clock.now()));
  }

  async function writeRollout(rollout: Rollout): Promise<Outcome> {
    const { deployment, current, old } = rollout;
    const status = rolloutStatus(deployment, current, current === undefined ? old : [...old, current], clock.now());
    await writeStatus(rollout, status);
    const againMs = untilStuck(rollout.deployment, status, clock.now());
    return againMs === undefined ? undefined : { againMs };
  }

  async function writeStatus(rollout: Rollout, status: Deployment['status']): Promise<Outcome> {
    const { client, deployment } = rollout;
    if (!isSame(status, deployment.status)) rollout.deployment = await client.on(Deployment).updateStatus({ ...deployment, status });
  }

  return makeController({
    name: 'deployment',
    deps,
    informers: [
      [Deployment, deployments],
      [ReplicaSet, sets],
      [Pod, pods],
    ],
    reconcile,
    wire(queue) {
      return [
        deployments.handle(enqueueItself(queue)),
        sets.handle(ownedChanges<Deployment, ReplicaSet>(queue, { owners: deployments, kind: Deployment, selector: ({ spec }) => spec.selector })),
        pods.handle({
          deleted(pod) {
            // Recreate waits for the last old pod to go.
            const set = ownerIn(sets, ReplicaSet, pod);
            const owner = set === undefined ? undefined : ownerIn(deployments, Deployment, set);
            if (owner?.spec.strategy.type === 'Recreate') queue.add(keyTextOf(owner));
          },
        }),
      ];
    },
  });
}

function latest({ current, old }: Rollout, set: ReplicaSet): ReplicaSet {
  return [...(current === undefined ? [] : [current]), ...old].find(({ metadata }) => metadata.uid === set.metadata.uid) ?? set;
}

/** Sizes after a change of the Deployment's own: to the one set that counts, or shared out while a rollout is under way. */
function scalePlan(deployment: Deployment, current: ReplicaSet | undefined, old: readonly ReplicaSet[]): Scale[] {
  const replicas = deployment.spec.replicas ?? 0;
  const all = current === undefined ? [...old] : [...old, current];
  const active = all.filter((set) => replicasOf(set) > 0);
  const only = active.length === 1 ? active[0] : active.length === 0 ? (current ?? [...old].sort(byAge).at(-1)) : undefined;
  if (only !== undefined) return replicasOf(only) === replicas ? [] : [{ set: only, replicas }];
  if (active.length === 0) return [];
  if (current !== undefined && isSaturated(deployment, current)) return old.filter((set) => replicasOf(set) > 0).map((set) => ({ set, replicas: 0 }));
  return isRolling(deployment) ? inProportion(deployment, active, maxReplicas) : [];
}

function isSaturated(deployment: Deployment, set: ReplicaSet): boolean {
  const { replicas } = deployment.spec;
  return replicasOf(set) === replicas && desiredReplicas(set) === replicas && set.status.availableReplicas === replicas;
}
