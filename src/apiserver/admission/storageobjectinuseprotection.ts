/** StorageObjectInUseProtection: claims and volumes are born with the finalizer that keeps them while they are used. */
import { isResource, type AdmissionPlugin } from './plugin.js';

const FINALIZERS: Readonly<Record<string, string>> = {
  persistentvolumeclaims: 'kubernetes.io/pvc-protection',
  persistentvolumes: 'kubernetes.io/pv-protection',
};
const CLASSES = 'kubernetes.io/vac-protection';

export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: (request) =>
    request.operation === 'CREATE' &&
    (isResource(request, '', 'persistentvolumeclaims') ||
      isResource(request, '', 'persistentvolumes') ||
      isResource(request, 'storage.k8s.io', 'volumeattributesclasses')),
  admit({ object, kind }) {
    const finalizer = FINALIZERS[kind.plural] ?? CLASSES;
    const own: string[] = object.metadata.finalizers ?? [];
    if (!own.includes(finalizer)) object.metadata.finalizers = [...own, finalizer];
  },
};
