/**
 * The folder of static pods: every file in it that is a pod, with what the
 * kubelet adds. A file that is none is told in the log and harms nothing else.
 */
import { createHash } from 'node:crypto';
import { deepCopy } from '../../apimachinery/deep.js';
import { RawNumber } from '../../apimachinery/decode.js';
import type { FieldError } from '../../apimachinery/fielderror.js';
import type { Files } from '../../platform/files.js';
import type { Log } from '../../platform/component.js';
import { PodKind, type Pod } from '../kinds.js';

export const CONFIG_HASH = 'kubernetes.io/config.hash';
export const CONFIG_MIRROR = 'kubernetes.io/config.mirror';
export const CONFIG_SEEN = 'kubernetes.io/config.seen';
export const CONFIG_SOURCE = 'kubernetes.io/config.source';

export interface ManifestReader {
  files: Files;
  folder: string;
  nodeName: string;
  log: Log;
  now(): number;
  /** What files held when they were last read, by their paths: reading YAML anew is most of what a kubelet costs that goes on. */
  known: Map<string, KnownManifest>;
}

/** Plain JSON. */
export interface KnownManifest {
  /** Of the file's bytes. */
  digest: string;
  /** What its YAML says. */
  content: unknown;
}

export async function readManifests(reader: ManifestReader): Promise<Pod[]> {
  const { files, folder, log } = reader;
  const pods: Pod[] = [];
  const taken = new Set<string>();
  const paths = new Set<string>();
  for (const name of files.names(folder) ?? []) {
    const path = `${folder}/${name}`;
    if (name.startsWith('.') || files.names(path) !== undefined) continue;
    const bytes = files.read(path);
    if (bytes === undefined || bytes.length === 0) continue;
    paths.add(path);
    try {
      const pod = await podOf(bytes, path, reader);
      const full = `${pod.metadata.namespace}/${pod.metadata.name}`;
      if (taken.has(full)) throw new Error(`${path}: a pod ${JSON.stringify(full)} is in another file already`);
      taken.add(full);
      pods.push(pod);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      log.error(`"Could not process manifest file" err=${JSON.stringify(error.message)} path=${JSON.stringify(path)}`);
    }
  }
  for (const path of reader.known.keys()) if (!paths.has(path)) reader.known.delete(path);
  return pods;
}

async function podOf(bytes: Uint8Array, path: string, { nodeName, now, known }: ManifestReader): Promise<Pod> {
  const [{ fromWire }, { typeNodeOf }, strategy] = await Promise.all([
    import('../../apimachinery/walk.js'),
    import('../../apimachinery/compile.js'),
    PodKind.strategy(),
  ]);
  const problem = (what: string): Error => new Error(`${path}: couldn't parse as pod(${what}), please check config file`);
  const raw = await contentOf(bytes, path, known).catch((error: Error) => {
    throw problem(error.message);
  });
  if (raw === null || typeof raw !== 'object') throw problem("Object 'Kind' is missing in 'null'");
  const { kind, apiVersion } = raw as { kind?: string; apiVersion?: string };
  if (kind === undefined) throw problem(`Object 'Kind' is missing in '${JSON.stringify(raw)}'`);
  if (kind !== 'Pod' || apiVersion !== 'v1') throw problem(`invalid pod: ${JSON.stringify(raw)}`);
  const { object: pod, errors } = fromWire<Pod>(typeNodeOf(strategy.schema), raw as never);
  if (errors.length > 0) throw problem(errors[0]!);
  strategy.defaults?.(pod);
  complete(pod, { path, nodeName, seen: now() });
  refuseReferences(pod);
  const causes = strategy.validate?.(pod, { user: { name: 'kubelet', groups: [] }, now: now(), namespace: pod.metadata.namespace!, dryRun: false }) ?? [];
  if (causes.length > 0) throw new Error(`invalid pod: [${causes.map(causeText).join(' ')}]`);
  return pod;
}

async function contentOf(bytes: Uint8Array, path: string, known: ManifestReader['known']): Promise<unknown> {
  const digest = createHash('md5').update(bytes).digest('hex');
  const before = known.get(path);
  if (before?.digest === digest) return deepCopy(before.content);
  const { parseYaml } = await import('../../apimachinery/yaml.js');
  const content: unknown = parseYaml(Buffer.from(bytes).toString('utf8'));
  if (isJson(content)) known.set(path, { digest, content: deepCopy(content) });
  else known.delete(path);
  return content;
}

/** Numbers that JSON cannot hold make a file that is read anew. */
function isJson(content: unknown): boolean {
  if (content === null || typeof content !== 'object') return typeof content !== 'number' || Number.isFinite(content);
  return !(content instanceof RawNumber) && Object.values(content).every(isJson);
}

const causeText = (cause: FieldError): string => `${cause.field}: ${cause.message ?? ''}`;

function complete(pod: Pod, { path, nodeName, seen }: { path: string; nodeName: string; seen: number }): void {
  const { metadata, spec } = pod;
  if (metadata.uid === undefined || metadata.uid === '')
    metadata.uid = createHash('md5')
      .update(`host:${nodeName}file:${path}${JSON.stringify({ metadata, spec })}`)
      .digest('hex');
  metadata.name = `${metadata.name ?? ''}-${nodeName}`;
  metadata.namespace = metadata.namespace === undefined || metadata.namespace === '' ? 'default' : metadata.namespace;
  spec.nodeName = nodeName;
  metadata.annotations = {
    ...metadata.annotations,
    [CONFIG_HASH]: metadata.uid,
    [CONFIG_SEEN]: `${new Date(seen).toISOString().slice(0, -1)}000000Z`,
    [CONFIG_SOURCE]: 'file',
  };
  spec.tolerations = [...(spec.tolerations ?? []), { operator: 'Exists', effect: 'NoExecute' }];
  spec.schedulerName = spec.schedulerName ?? 'default-scheduler';
  pod.status = { phase: 'Pending' };
}

/** As Kubernetes: what a static pod could not wait for without an API server, it may not name. */
function refuseReferences({ spec }: Pod): void {
  if (spec.serviceAccountName !== undefined && spec.serviceAccountName !== '') throw new Error('static pods may not reference serviceaccounts');
  const containers = [...spec.containers, ...(spec.initContainers ?? [])];
  const names = (kind: 'secret' | 'configMap'): boolean =>
    (spec.volumes ?? []).some((volume) => volume[kind] !== undefined || (volume.projected?.sources ?? []).some((source) => source[kind] !== undefined)) ||
    containers.some(
      ({ env = [], envFrom = [] }) =>
        env.some(({ valueFrom }) => (kind === 'secret' ? valueFrom?.secretKeyRef : valueFrom?.configMapKeyRef) !== undefined) ||
        envFrom.some((source) => (kind === 'secret' ? source.secretRef : source.configMapRef) !== undefined),
    );
  if (names('secret') || (spec.imagePullSecrets ?? []).length > 0) throw new Error('static pods may not reference secrets');
  if (names('configMap')) throw new Error('static pods may not reference configmaps');
  if ((spec.volumes ?? []).some(({ persistentVolumeClaim, ephemeral }) => persistentVolumeClaim !== undefined || ephemeral !== undefined))
    throw new Error('static pods may not reference persistentvolumeclaims');
}
