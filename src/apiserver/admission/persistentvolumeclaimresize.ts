/** PersistentVolumeClaimResize: a claim grows only where its class allows it. */
import { parseQuantity } from '../../apimachinery/quantity.js';
import { isResource, read, refused, type AdmissionPlugin } from './plugin.js';

export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: 'PersistentVolumeClaimResize',
  handles: (request) => isResource(request, '', 'persistentvolumeclaims') && request.operation === 'UPDATE',
  async validate(request) {
    const { object, server } = request;
    const previous = request.previous as any;
    const [wanted, had] = [object.spec.resources?.requests?.storage, previous.spec.resources?.requests?.storage];
    if (wanted === undefined || had === undefined || parseQuantity(wanted).cmp(parseQuantity(had)) <= 0) return;
    if (previous.status?.phase !== 'Bound') return;
    const name = previous.spec.storageClassName ?? '';
    const found = name === '' ? undefined : await read(server, 'storage.k8s.io', 'storageclasses', { namespace: '', name });
    if (found?.allowVolumeExpansion !== true)
      throw refused(request, 'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize');
  },
};
