/** NamespaceLifecycle: nothing is made in a namespace that is not there or is going; the first namespaces stay. */
import { forbidden, notFound } from '../../apimachinery/status.js';
import { whenThere } from '../../platform/soon.js';
import { read, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

const IMMORTAL = ['default', 'kube-system', 'kube-public'];
/** Reviews are answered in a namespace that may not be there. */
const isReview = (group: string, plural: string): boolean => group === 'authorization.k8s.io' && plural === 'localsubjectaccessreviews';

export const namespaceLifecycle: AdmissionPlugin = {
  name: 'NamespaceLifecycle',
  handles: ({ kind, operation, subresource }) =>
    kind.plural === 'namespaces' && kind.group === ''
      ? operation === 'DELETE'
      : kind.namespaced && operation === 'CREATE' && subresource === '' && !isReview(kind.group, kind.plural),
  admit(request) {
    const { kind, name, namespace, server } = request;
    if (kind.plural === 'namespaces' && kind.group === '') {
      if (IMMORTAL.includes(name)) throw forbidden({ group: '', resource: 'namespaces' }, name, 'this namespace may not be deleted');
      return;
    }
    return whenThere(read(server, '', 'namespaces', { namespace: '', name: namespace }), (found) => mustTake(request, found));
  },
};

function mustTake(request: AdmissionRequest, found: any): void {
  const { namespace } = request;
  if (found === undefined) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  if (found.metadata.deletionTimestamp === undefined && found.status?.phase !== 'Terminating') return;
  const error = refused(request, `unable to create new content in namespace ${namespace} because it is being terminated`);
  error.status.details = {
    ...error.status.details,
    causes: [{ reason: 'NamespaceTerminating', message: `namespace ${namespace} is being terminated`, field: 'metadata.namespace' }],
  };
  throw error;
}
