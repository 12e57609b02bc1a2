/**
 * What a node has to do with: the objects that the pods bound to it name, and
 * the volumes behind their claims. Read off the pods themselves; what was found
 * is asked first the next time, and believed while that pod still says so.
 */
import type { KubeObject } from '../../apimachinery/object.js';
import { read, readAll } from '../registry/reads.js';
import type { Server } from '../context.js';

export type Related =
  | 'pods'
  | 'secrets'
  | 'configmaps'
  | 'serviceaccounts'
  | 'persistentvolumeclaims'
  | 'persistentvolumes'
  | 'volumeattachments'
  | 'resourceclaims';

export interface NodeRelations {
  isRelated(node: string, what: Related, location: { namespace: string; name: string }): Promise<boolean>;
}

type Reader = Pick<Server, 'registry' | 'storages'>;
/** Answers that are remembered; each is checked again before it is used. */
const FOUND_MAX = 20_000;

export function nodeRelations(server: Reader): NodeRelations {
  const found = new Map<string, string>();

  const cacheOf = () => {
    const kind = server.registry.resource('', 'v1', 'pods');
    return kind === undefined ? undefined : server.storages.of(kind).storage;
  };

  async function namedByPod(node: string, namespace: string, names: (pod: any) => boolean, key: string): Promise<boolean> {
    const storage = cacheOf();
    if (storage === undefined) return false;
    const holds = (pod: any): boolean => pod?.spec?.nodeName === node && names(pod);
    const known = found.get(key);
    if (known !== undefined && holds(storage.cache?.peek(known))) return true;
    found.delete(key);
    const folder = storage.folder(namespace).key;
    const cached: readonly KubeObject[] = storage.cache?.ready === true ? storage.cache.listIn(folder) : [];
    // A cache may be late: before anybody is refused the store itself is asked.
    const pod = cached.find(holds) ?? (await storage.range(namespace)).kvs.map((kv) => storage.read(kv)).find(holds);
    if (pod === undefined) return false;
    if (found.size >= FOUND_MAX) found.clear();
    found.set(key, `${folder}${pod.metadata.name}`);
    return true;
  }

  const byPod = (node: string, what: Related, namespace: string, name: string): Promise<boolean> =>
    namedByPod(node, namespace, (pod) => REFERENCES[what]!(pod).includes(name), `${node} ${what} ${namespace}/${name}`);

  async function byClaimOf(node: string, volume: any): Promise<boolean> {
    const { namespace = '', name = '' } = volume?.spec?.claimRef ?? {};
    return name !== '' && byPod(node, 'persistentvolumeclaims', namespace, name);
  }

  return {
    async isRelated(node, what, { namespace, name }) {
      if (what === 'volumeattachments') return (await read(server, 'storage.k8s.io', 'volumeattachments', { namespace: '', name }))?.spec?.nodeName === node;
      if (what === 'persistentvolumes') return byClaimOf(node, await read(server, '', 'persistentvolumes', { namespace: '', name }));
      if (what === 'pods') {
        const pod = await read(server, '', 'pods', { namespace, name });
        return pod?.spec?.nodeName === node;
      }
      if (await byPod(node, what, namespace, name)) return true;
      if (what !== 'secrets') return false;
      for (const volume of await readAll(server, '', 'persistentvolumes', ''))
        if (volumeSecrets(volume).includes(`${namespace}/${name}`) && (await byClaimOf(node, volume))) return true;
      return false;
    },
  };
}

const containersOf = ({ spec }: any): any[] => [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
const present = (names: readonly (string | undefined)[]): string[] => names.filter((name): name is string => name !== undefined && name !== '');
const sourcesOf = (volume: any): any[] => volume.projected?.sources ?? [];
/** Volumes whose driver wants a Secret of the pod's own namespace. */
const WITH_SECRET = ['cephfs', 'flexVolume', 'rbd', 'scaleIO', 'iscsi', 'storageos'];

/** The names that a pod names, in its own namespace. */
const REFERENCES: Partial<Record<Related, (pod: any) => string[]>> = {
  serviceaccounts: ({ spec }) => present([spec.serviceAccountName]),
  secrets: (pod) => {
    if (isMirror(pod)) return [];
    const { spec } = pod;
    return present([
      ...(spec.imagePullSecrets ?? []).map(({ name }: any) => name),
      ...(spec.volumes ?? []).flatMap((volume: any) => [
        volume.secret?.secretName,
        volume.azureFile?.secretName,
        volume.csi?.nodePublishSecretRef?.name,
        ...WITH_SECRET.map((kind) => volume[kind]?.secretRef?.name),
        ...sourcesOf(volume).map(({ secret }) => secret?.name),
      ]),
      ...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
        ...env.map(({ valueFrom }: any) => valueFrom?.secretKeyRef?.name),
        ...envFrom.map(({ secretRef }: any) => secretRef?.name),
      ]),
    ]);
  },
  configmaps: (pod) =>
    isMirror(pod)
      ? []
      : present([
          ...(pod.spec.volumes ?? []).flatMap((volume: any) => [volume.configMap?.name, ...sourcesOf(volume).map(({ configMap }) => configMap?.name)]),
          ...containersOf(pod).flatMap(({ env = [], envFrom = [] }) => [
            ...env.map(({ valueFrom }: any) => valueFrom?.configMapKeyRef?.name),
            ...envFrom.map(({ configMapRef }: any) => configMapRef?.name),
          ]),
        ]),
  persistentvolumeclaims: ({ metadata, spec }) =>
    present(
      (spec.volumes ?? []).flatMap((volume: any) => [
        volume.persistentVolumeClaim?.claimName,
        ...(volume.ephemeral === undefined ? [] : [`${metadata.name}-${volume.name}`]),
      ]),
    ),
  resourceclaims: ({ spec, status }) =>
    present([
      ...(spec.resourceClaims ?? []).map(({ resourceClaimName }: any) => resourceClaimName),
      ...(status?.resourceClaimStatuses ?? []).map(({ resourceClaimName }: any) => resourceClaimName),
      status?.extendedResourceClaimStatus?.resourceClaimName,
    ]),
};

/** A pod that a node made for itself gives it no rights. */
const isMirror = ({ metadata }: any): boolean => metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;

/** "namespace/name" of what a volume's driver wants. */
function volumeSecrets({ spec }: any): string[] {
  const of = (ref: any): string[] => (ref?.name === undefined ? [] : [`${ref.namespace ?? spec.claimRef?.namespace ?? ''}/${ref.name}`]);
  const { csi = {}, azureFile } = spec;
  return [
    ...['nodePublishSecretRef', 'nodeStageSecretRef', 'nodeExpandSecretRef', 'controllerPublishSecretRef'].flatMap((name) => of(csi[name])),
    ...(azureFile?.secretName === undefined ? [] : [`${azureFile.secretNamespace ?? spec.claimRef?.namespace ?? ''}/${azureFile.secretName}`]),
    ...WITH_SECRET.flatMap((kind) => of(spec[kind]?.secretRef)),
  ];
}
