/** Protection of volume attributes classes: one that is deleted stays until no claim has, gets or asks for it, and no volume has it. */
import type { Kind as KindOf } from '../../api/kind.js';
import { VolumeAttributesClass as Kind } from '../../api/storage/volumeattributesclass.js';
import { isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { PersistentVolume, PersistentVolumeClaim } from '../kinds.js';

const VolumeAttributesClass = Kind as KindOf<Kind>;
const FINALIZER = 'kubernetes.io/vac-protection';
const BY_CLASS = 'attributes-class';

export function classProtectionController(deps: ControllerDeps): Controller {
  const classes = deps.informers.of<Kind>(VolumeAttributesClass);
  const claims = deps.informers.of(PersistentVolumeClaim, { indexers: { [BY_CLASS]: classesOf } });
  const volumes = deps.informers.of(PersistentVolume, {
    indexers: { [BY_CLASS]: ({ spec }: PersistentVolume) => [spec.volumeAttributesClassName].filter(isNamed) },
  });

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const found = classes.lister.get({ name });
    if (found === undefined) return;
    const { finalizers = [], deletionTimestamp } = found.metadata;
    const isProtected = finalizers.includes(FINALIZER);
    const isGoing = deletionTimestamp !== undefined;
    if (isProtected !== isGoing || (isGoing && isUsed(name))) return;
    const wanted = isGoing ? finalizers.filter((finalizer) => finalizer !== FINALIZER) : [...finalizers, FINALIZER];
    try {
      await client.on<Kind>(VolumeAttributesClass).update({ ...found, metadata: { ...found.metadata, finalizers: wanted } });
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone: there is nothing to protect
    }
  }

  const isUsed = (name: string): boolean => volumes.lister.byIndex(BY_CLASS, name).length > 0 || claims.lister.byIndex(BY_CLASS, name).length > 0;

  return makeController({
    name: 'volumeattributesclass-protection',
    deps,
    informers: [
      [VolumeAttributesClass, classes],
      [PersistentVolumeClaim, claims],
      [PersistentVolume, volumes],
    ],
    workers: 1,
    reconcile,
    wire(queue) {
      const wakeOf = <T>(named: (object: T) => readonly string[]) => ({
        updated: (_next: T, before: T) => named(before).forEach((name) => queue.add(name)),
        deleted: (object: T) => named(object).forEach((name) => queue.add(name)),
      });
      return [
        classes.handle(enqueueItself(queue)),
        claims.handle(wakeOf(classesOf)),
        volumes.handle(wakeOf(({ spec }: PersistentVolume) => [spec.volumeAttributesClassName].filter(isNamed))),
      ];
    },
  });
}

const isNamed = (name: string | undefined): name is string => name !== undefined && name !== '';

function classesOf({ spec, status }: PersistentVolumeClaim): string[] {
  const names = [spec.volumeAttributesClassName, status.currentVolumeAttributesClassName, status.modifyVolumeStatus?.targetVolumeAttributesClassName];
  return [...new Set(names.filter(isNamed))];
}
