/** Volume expander: a bound claim that asks for more than it has is told who is to make its volume larger; nothing here can. */
import { keyOf } from '../../apimachinery/object.js';
import { parseQuantity } from '../../apimachinery/quantity.js';
import { keyTextOf } from '../../client/resource.js';
import { makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { PersistentVolume, PersistentVolumeClaim } from '../kinds.js';

export function volumeExpander(deps: ControllerDeps): Controller {
  const claims = deps.informers.of(PersistentVolumeClaim);
  const volumes = deps.informers.of(PersistentVolume);

  async function reconcile(key: string): Promise<Outcome> {
    const claim = claims.lister.get(keyOf(key));
    const volume = claim?.spec.volumeName ? volumes.lister.get({ name: claim.spec.volumeName }) : undefined;
    if (claim === undefined || volume === undefined || claim.status.phase !== 'Bound' || volume.spec.claimRef?.uid !== claim.metadata.uid) return;
    if (sizeOf(claim.spec.resources?.requests) <= sizeOf(claim.status.capacity)) return;
    deps.recorder.event(claim, 'Normal', 'ExternalExpanding', 'waiting for an external controller to expand this PVC');
  }

  return makeController({
    name: 'persistentvolume-expander',
    deps,
    informers: [
      [PersistentVolumeClaim, claims],
      [PersistentVolume, volumes],
    ],
    workers: 1,
    reconcile,
    wire: (queue) => [
      claims.handle({
        updated(claim, before) {
          if (claim.status.phase === 'Bound' && sizeOf(claim.spec.resources?.requests) > sizeOf(before.spec.resources?.requests)) queue.add(keyTextOf(claim));
        },
      }),
    ],
  });
}

const sizeOf = (amounts: Readonly<Record<string, string>> | undefined): bigint => parseQuantity(amounts?.['storage'] ?? '0').value();
