/** Mirror pods: what the API shows of static pods, made again when somebody deletes them, removed with the file. */
import { isAlreadyExists, isConflict, isNotFound } from '../../apimachinery/status.js';
import type { ObjectDraft } from '../../apimachinery/object.js';
import type { Client } from '../../client/client.js';
import { PodKind, type Pod } from '../kinds.js';
import { CONFIG_HASH, CONFIG_MIRROR } from './manifests.js';

export const isMirror = ({ metadata }: Pod): boolean => metadata.annotations?.[CONFIG_MIRROR] !== undefined;

export const mirrors = (mirror: Pod, pod: Pod): boolean => mirror.metadata.annotations?.[CONFIG_MIRROR] === pod.metadata.annotations?.[CONFIG_HASH];

export async function createMirror(client: Client, pod: Pod, node: { name: string; uid: string } | undefined): Promise<void> {
  const { uid: _uid, generation: _generation, creationTimestamp: _created, ...metadata } = pod.metadata;
  const owner = node === undefined ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid, controller: true }] };
  const draft = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, annotations: { ...metadata.annotations, [CONFIG_MIRROR]: metadata.annotations?.[CONFIG_HASH] ?? '' }, ...owner },
    spec: pod.spec,
  };
  try {
    await client.on<Pod>(PodKind).create(draft as ObjectDraft<Pod>);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error; // the watch will show whose it is
  }
}

export async function deleteMirror(client: Client, { metadata }: Pod): Promise<void> {
  try {
    await client
      .on<Pod>(PodKind)
      .delete({ namespace: metadata.namespace!, name: metadata.name! }, { gracePeriodSeconds: 0, preconditions: { uid: metadata.uid! } });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error; // gone, or another has its name already
  }
}
