/** Ephemeral volumes: a pod's own claims, made from the templates in its volumes, owned by it and gone with it. */
import type { ObjectDraft } from '../../apimachinery/object.js';
import { keyOf } from '../../apimachinery/object.js';
import { isAlreadyExists, isStatusError } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { keyTextOf } from '../../client/resource.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { PersistentVolumeClaim, Pod } from '../kinds.js';
import { controllerRef, isControlledBy } from '../owner.js';

type Volume = NonNullable<Pod['spec']['volumes']>[number];

export function ephemeralVolumeController(deps: ControllerDeps): Controller {
  const pods = deps.informers.of(Pod);
  const claims = deps.informers.of(PersistentVolumeClaim);

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const pod = pods.lister.get(keyOf(key));
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    for (const volume of pod.spec.volumes ?? []) {
      if (volume.ephemeral === undefined) continue;
      try {
        await ensureClaim(client, pod, volume);
      } catch (error) {
        deps.recorder.event(pod, 'Warning', 'FailedBinding', `ephemeral volume ${volume.name}: ${(error as Error).message}`);
        throw error;
      }
    }
  }

  async function ensureClaim(client: Client, pod: Pod, volume: Volume): Promise<void> {
    const { namespace } = pod.metadata;
    const name = `${pod.metadata.name}-${volume.name}`;
    const found = claims.lister.get({ namespace: namespace!, name });
    if (found !== undefined) {
      if (!isControlledBy(found, pod)) throw new Error(`PVC ${namespace}/${name} was not created for pod ${keyTextOf(pod)} (pod is not owner)`);
      return;
    }
    try {
      await client.on(PersistentVolumeClaim).create(draftOf(pod, volume, name));
    } catch (error) {
      if (!isStatusError(error) || isAlreadyExists(error)) throw error; // seen at the next look
      throw new Error(`create PVC ${name}: ${error.message}`, { cause: error });
    }
  }

  const isOpen = (pod: Pod): boolean =>
    pod.metadata.deletionTimestamp === undefined && (pod.spec.volumes ?? []).some(({ ephemeral }) => ephemeral !== undefined);

  return makeController({
    name: 'ephemeral-volume',
    deps,
    informers: [
      [Pod, pods],
      [PersistentVolumeClaim, claims],
    ],
    reconcile,
    wire: (queue) => [
      pods.handle({
        added(pod) {
          if (isOpen(pod)) queue.add(keyTextOf(pod));
        },
      }),
      claims.handle({
        deleted({ metadata }) {
          const owner = (metadata.ownerReferences ?? []).find(({ kind, controller }) => kind === Pod.kind && controller === true);
          if (owner !== undefined) queue.add(`${metadata.namespace}/${owner.name}`);
        },
      }),
    ],
  });
}

function draftOf(pod: Pod, { ephemeral }: Volume, name: string): ObjectDraft<PersistentVolumeClaim> {
  const template = ephemeral!.volumeClaimTemplate!;
  const { annotations, labels } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name,
      namespace: pod.metadata.namespace!,
      ownerReferences: [controllerRef(pod, Pod)],
      ...(annotations === undefined ? {} : { annotations }),
      ...(labels === undefined ? {} : { labels }),
    },
    spec: template.spec,
  } as ObjectDraft<PersistentVolumeClaim>;
}
