/**
 * A pod's volumes on the node's disk: made before its containers, brought up to
 * date at the sync period, removed with the pod. Making what is there already
 * changes nothing, so a new process simply does it again.
 */
import { isNotFound } from '../../apimachinery/status.js';
import { quantityOf } from '../../apimachinery/quantity.js';
import type { Mount } from '../../cri/runtime.js';
import type { Client } from '../../client/client.js';
import type { Clock } from '../../platform/clock.js';
import type { Files } from '../../platform/files.js';
import type { Random } from '../../platform/random.js';
import type { ConfigReader } from '../containers/env.js';
import { expand } from '../containers/expansion.js';
import type { PodFacts } from '../containers/fieldref.js';
import { PersistentVolumeClaimKind, PersistentVolumeKind, type Container, type Pod, type Volume } from '../kinds.js';
import { filesBelow, writePayload, type Payload } from './atomicwriter.js';
import { hostPathReady } from './hostpath.js';
import { payloadOf } from './payload.js';
import { currentToken } from './tokens.js';

export interface VolumeDeps {
  client: Client;
  clock: Clock;
  random: Random;
  files: Files;
  reader: ConfigReader;
}

export interface MountedVolume {
  /** On the node's disk; empty for an image. */
  path: string;
  readOnly: boolean;
  /** Its files may be swapped for others, so a subPath is a copy. */
  isConfiguration: boolean;
  image?: string;
  /** The pod's fsGroup, where the volume takes one. */
  group?: number;
  /** Kept in the node's memory: at most so many bytes. */
  memoryBytes?: number;
}

/** Volumes that are not there; each message is one Event's. */
export class MountFailed extends Error {
  override name = 'MountFailed';
  readonly messages: readonly string[];
  constructor(messages: readonly string[]) {
    super(messages.join('; '));
    this.messages = messages;
  }
}

/** A volume of which the kubelet cannot even say what it is. */
class Unprocessed extends Error {
  override name = 'Unprocessed';
}

export const podFolder = (uid: string): string => `/var/lib/kubelet/pods/${uid}`;

const PLUGIN = { configMap: 'configmap', secret: 'secret', downwardAPI: 'downward-api', projected: 'projected' } as const;

export const volumeFolder = (uid: string, plugin: string, name: string): string => `${podFolder(uid)}/volumes/kubernetes.io~${plugin}/${name}`;

export async function mountVolumes(facts: PodFacts, deps: VolumeDeps): Promise<Map<string, MountedVolume>> {
  const mounted = new Map<string, MountedVolume>();
  const failed = new Map<string, Error>();
  for (const volume of facts.pod.spec.volumes ?? []) {
    if (!isUsed(facts.pod, volume.name)) continue;
    try {
      mounted.set(volume.name, await mountVolume(volume, facts, deps));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      failed.set(volume.name, error);
    }
  }
  if (failed.size > 0) throw new MountFailed(mountProblems(failed));
  return mounted;
}

/** As the kubelet: a volume that cannot be set up has an Event of its own; those it knows nothing of are told together. */
function mountProblems(failed: ReadonlyMap<string, Error>): string[] {
  const unprocessed = [...failed].filter(([, error]) => error instanceof Unprocessed);
  const own = [...failed]
    .filter(([, error]) => !(error instanceof Unprocessed))
    .map(([name, error]) => `MountVolume.SetUp failed for volume ${JSON.stringify(name)} : ${error.message}`);
  if (unprocessed.length === 0) return own;
  const names = unprocessed.map(([name]) => name).join(' ');
  return [
    ...own,
    `Unable to attach or mount volumes: unmounted volumes=[${[...failed.keys()].sort().join(' ')}], unattached volumes=[], failed to process volumes=[${names}]: ${unprocessed.map(([, error]) => error.message).join('; ')}`,
  ];
}

function isUsed({ spec }: Pod, name: string): boolean {
  return [...spec.containers, ...(spec.initContainers ?? []), ...((spec.ephemeralContainers ?? []) as unknown as Container[])].some(
    ({ volumeMounts = [], env = [] }) =>
      volumeMounts.some((mount) => mount.name === name) || env.some(({ valueFrom }) => valueFrom?.fileKeyRef?.volumeName === name),
  );
}

async function mountVolume(volume: Volume, facts: PodFacts, deps: VolumeDeps): Promise<MountedVolume> {
  const { pod } = facts;
  const uid = pod.metadata.uid!;
  const plugin = (Object.keys(PLUGIN) as (keyof typeof PLUGIN)[]).find((name) => volume[name] !== undefined);
  if (plugin !== undefined) {
    const path = volumeFolder(uid, PLUGIN[plugin], volume.name);
    await refresh(volume, path, facts, deps);
    return { path, readOnly: true, isConfiguration: true, ...groupOf(pod) };
  }
  if (volume.emptyDir !== undefined || isEmpty(volume)) {
    const path = volumeFolder(uid, 'empty-dir', volume.name);
    const inMemory = volume.emptyDir?.medium === 'Memory';
    if (deps.files.info(path) === undefined)
      deps.files.makeFolder(path, { mode: (inMemory ? 0o1777 : 0o777) | (groupOf(pod).group === undefined ? 0 : SET_GROUP) });
    return { path, readOnly: false, isConfiguration: false, ...groupOf(pod), ...(inMemory ? { memoryBytes: memoryOf(volume, facts) } : {}) };
  }
  if (volume.hostPath !== undefined) {
    hostPathReady(deps.files, volume.hostPath);
    return { path: volume.hostPath.path, readOnly: false, isConfiguration: false };
  }
  if (volume.image !== undefined) return { path: '', readOnly: true, isConfiguration: false, image: volume.image.reference ?? '' };
  if (volume.persistentVolumeClaim !== undefined)
    return mountClaim(volume.persistentVolumeClaim.claimName, { readOnly: volume.persistentVolumeClaim.readOnly === true }, pod, deps);
  if (volume.ephemeral !== undefined) return mountClaim(`${pod.metadata.name}-${volume.name}`, { readOnly: false }, pod, deps);
  const source = Object.keys(volume)
    .filter((name) => name !== 'name')
    .join(', ');
  throw new Error(`no volume plugin of this node serves ${source}`);
}

const SET_GROUP = 0o2000;

function groupOf({ spec }: Pod): { group?: number } {
  const group = spec.securityContext?.fsGroup;
  return group === undefined ? {} : { group: Number(group) };
}

/** As the kubelet: a volume in memory may hold what its pod may use, or less where it says so. */
function memoryOf({ emptyDir }: Volume, { pod, allocatable }: PodFacts): number {
  const limits = pod.spec.containers.map(({ resources }) => resources?.limits?.['memory']);
  const ofNode = Number(quantityOf(allocatable['memory']).value());
  const ofPod = limits.includes(undefined)
    ? ofNode
    : Math.min(
        ofNode,
        limits.reduce((sum, text) => sum + Number(quantityOf(text).value()), 0),
      );
  const own = Number(quantityOf(emptyDir?.sizeLimit).value());
  return own > 0 ? Math.min(own, ofPod) : ofPod;
}

// Kubernetes takes a volume without any source for an emptyDir.
const isEmpty = (volume: Volume): boolean => Object.keys(volume).every((name) => name === 'name');

async function refresh(volume: Volume, path: string, facts: PodFacts, deps: VolumeDeps): Promise<void> {
  const { files, clock, random, client, reader } = deps;
  const now = clock.now();
  const payload = await payloadOf(volume, {
    reader,
    facts,
    token: (request) =>
      currentToken({
        pod: facts.pod,
        audience: request.audience,
        expirationSeconds: request.expirationSeconds,
        file: `${path}/..data/${request.path}`,
        files,
        now,
        client,
      }),
  });
  const { group } = groupOf(facts.pod);
  if (files.info(path) === undefined)
    files.makeFolder(path, { mode: (volume.configMap !== undefined ? 0o777 : 0o1777) | (group === undefined ? 0 : SET_GROUP) });
  writePayload(files, path, group === undefined ? payload! : readableByGroup(payload!), {
    now,
    random,
    folderMode: group === undefined ? 0o755 : 0o755 | SET_GROUP,
  });
}

/** As the kubelet does with files of a volume that takes the pod's group, and may not be written. */
const readableByGroup = (payload: Payload): Payload => new Map([...payload].map(([path, { data, mode }]) => [path, { data, mode: mode | 0o440 }]));

async function mountClaim(claimName: string, { readOnly }: { readOnly: boolean }, pod: Pod, { client, files }: VolumeDeps): Promise<MountedVolume> {
  const namespace = pod.metadata.namespace!;
  const claim = await client
    .on(PersistentVolumeClaimKind)
    .get({ namespace, name: claimName })
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
      throw new Unprocessed(
        `error processing PVC ${namespace}/${claimName}: failed to fetch PVC from API server: persistentvolumeclaims ${JSON.stringify(claimName)} not found`,
      );
    });
  const { volumeName } = claim.spec;
  if (claim.status?.phase !== 'Bound' || volumeName === undefined || volumeName === '')
    throw new Unprocessed(`error processing PVC ${namespace}/${claimName}: PVC is not bound`);
  const { spec } = await client.on(PersistentVolumeKind).get({ name: volumeName });
  const path = spec.hostPath?.path ?? spec.local?.path;
  if (path === undefined) throw new Error(`no volume plugin of this node serves PersistentVolume ${JSON.stringify(volumeName)}`);
  if (spec.hostPath !== undefined) hostPathReady(files, spec.hostPath);
  else if (files.info(path) === undefined) throw new Error(`path ${JSON.stringify(path)} does not exist`);
  return { path, readOnly: readOnly || (spec.accessModes ?? []).every((mode) => mode === 'ReadOnlyMany'), isConfiguration: false };
}

/** Brings configuration up to date; problems are left for the next time, as the files in place stay good. */
export async function refreshVolumes(facts: PodFacts, deps: VolumeDeps): Promise<string[]> {
  const problems: string[] = [];
  for (const volume of facts.pod.spec.volumes ?? []) {
    const plugin = (Object.keys(PLUGIN) as (keyof typeof PLUGIN)[]).find((name) => volume[name] !== undefined);
    if (plugin === undefined || !isUsed(facts.pod, volume.name)) continue;
    try {
      await refresh(volume, volumeFolder(facts.pod.metadata.uid!, PLUGIN[plugin], volume.name), facts, deps);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      problems.push(`MountVolume.SetUp failed for volume ${JSON.stringify(volume.name)} : ${error.message}`);
    }
  }
  return problems;
}

/** Whether the pod has files that may change while it runs. */
export const hasConfiguration = ({ spec }: Pod): boolean =>
  (spec.volumes ?? []).some((volume) => (Object.keys(PLUGIN) as (keyof typeof PLUGIN)[]).some((name) => volume[name] !== undefined));

/** What a container sees of the volumes. Throws an Error for a subPath that cannot be. */
export function mountsOf(
  container: Container,
  pod: Pod,
  mounted: ReadonlyMap<string, MountedVolume>,
  { env, files }: { env: ReadonlyMap<string, string>; files: Files },
): Mount[] {
  return (container.volumeMounts ?? []).map((mount, at) => {
    const volume = mounted.get(mount.name);
    if (volume === undefined) throw new Error(`cannot find volume ${JSON.stringify(mount.name)} to mount into container ${JSON.stringify(container.name)}`);
    const subPath = mount.subPathExpr !== undefined && mount.subPathExpr !== '' ? expandedPath(mount.subPathExpr, env) : (mount.subPath ?? '');
    const readonly = mount.readOnly === true || volume.readOnly;
    const shared = {
      containerPath: mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`,
      readonly,
      ...(mount.mountPropagation === undefined ? {} : { propagation: PROPAGATION[mount.mountPropagation] ?? 'PRIVATE' }),
    } as const;
    if (volume.image !== undefined) return { ...shared, hostPath: subPath, image: volume.image };
    const { group, memoryBytes } = volume;
    const extra = { ...(group === undefined ? {} : { group }), ...(memoryBytes === undefined ? {} : { memoryBytes }) };
    const hostPath =
      subPath === ''
        ? volume.path
        : subPathOf(volume, { subPath, copy: `${podFolder(pod.metadata.uid!)}/volume-subpaths/${mount.name}/${container.name}/${at}` }, files);
    return { ...shared, hostPath, ...extra };
  });
}

/** Throws where the path cannot be made, or leads elsewhere. */
function expandedPath(expression: string, env: ReadonlyMap<string, string>): string {
  const missing = new Set(
    [...expression.replaceAll('$$', '').matchAll(/\$\(([^)]*)\)/g)].map(([, name]) => name!).filter((name) => (env.get(name) ?? '') === ''),
  );
  if (missing.size > 0) throw new Error(`missing value for ${[...missing].sort().join(', ')}`);
  const path = expand(expression, env);
  if (path.startsWith('/')) throw new Error(`error SubPath \`${path}\` must not be an absolute path`);
  if (path.split('/').includes('..')) throw new Error(`unable to provision SubPath \`${path}\`: must not contain '..'`);
  return path;
}

const PROPAGATION: Readonly<Record<string, 'PRIVATE' | 'HOST_TO_CONTAINER' | 'BIDIRECTIONAL'>> = {
  None: 'PRIVATE',
  HostToContainer: 'HOST_TO_CONTAINER',
  Bidirectional: 'BIDIRECTIONAL',
};

function subPathOf({ path, isConfiguration }: MountedVolume, { subPath, copy }: { subPath: string; copy: string }, files: Files): string {
  if (subPath.startsWith('/') || subPath.split('/').includes('..'))
    throw new Error(`failed to prepare subPath for volumeMount: subpath ${JSON.stringify(subPath)} not within volume path ${JSON.stringify(path)}`);
  const whole = `${path}/${subPath}`;
  const mode = (files.info(path)?.mode ?? 0o777) & 0o7777;
  if (!isConfiguration) {
    if (files.read(whole) === undefined && files.names(whole) === undefined) files.makeFolder(whole, { mode });
    return whole;
  }
  // A bind mount holds on to the file it was made of; the volume's own files will be swapped for others.
  const data = files.read(whole);
  if (data !== undefined) files.write(copy, data, { mode: 0o644 });
  else {
    files.makeFolder(copy, { mode: mode & 0o777 });
    for (const name of filesBelow(files, whole)) files.write(`${copy}/${name}`, files.read(`${whole}/${name}`) ?? '');
  }
  return copy;
}

/** Names of emptyDir volumes that hold more than their limit, with the limit as it was written. */
export function overLimit(pod: Pod, files: Files): { name: string; limit: string } | undefined {
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    if (emptyDir?.sizeLimit === undefined || emptyDir.medium === 'Memory') continue;
    const limit = quantityOf(emptyDir.sizeLimit);
    if (limit.isZero()) continue;
    if (BigInt(sizeOf(files, volumeFolder(pod.metadata.uid!, 'empty-dir', name))) > limit.value()) return { name, limit: emptyDir.sizeLimit };
  }
  return undefined;
}

export const sizeOf = (files: Files, folder: string): number =>
  filesBelow(files, folder).reduce((sum, path) => sum + (files.info(`${folder}/${path}`)?.size ?? 0), 0);
