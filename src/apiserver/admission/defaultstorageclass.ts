/** DefaultStorageClass: a claim that names no class gets the default one, the newest where there are several. */
import { isResource, readAll, type AdmissionPlugin } from './plugin.js';

const DEFAULT = 'storageclass.kubernetes.io/is-default-class';
const BETA = 'storageclass.beta.kubernetes.io/is-default-class';

export const defaultStorageClass: AdmissionPlugin = {
  name: 'DefaultStorageClass',
  handles: (request) => isResource(request, '', 'persistentvolumeclaims') && request.operation === 'CREATE',
  async admit({ object, server }) {
    if (object.spec.storageClassName !== undefined || object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return;
    const classes = await readAll(server, 'storage.k8s.io', 'storageclasses', '');
    const defaults = classes.filter(({ metadata }) => metadata.annotations?.[DEFAULT] === 'true' || metadata.annotations?.[BETA] === 'true');
    const [chosen] = defaults.sort(
      (one, other) => byText(other.metadata.creationTimestamp, one.metadata.creationTimestamp) || byText(one.metadata.name, other.metadata.name),
    );
    if (chosen !== undefined) object.spec.storageClassName = chosen.metadata.name;
  },
};

const byText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
