/** ServiceAccount: every pod runs as one, and sees its token, the CA and its namespace under /var/run/secrets. */
import { randomSuffix } from '../../platform/random.js';
import { whenThere, type Soon } from '../../platform/soon.js';
import { isPod, read, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

const MIRROR = 'kubernetes.io/config.mirror';
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
/** An hour and seven seconds, so that a kubelet can tell the default from a wish. */
const TOKEN_SECONDS = 3607;

export const serviceAccount: AdmissionPlugin = {
  name: 'ServiceAccount',
  handles: (request) =>
    (isPod(request) && request.operation === 'CREATE') ||
    (request.kind.plural === 'pods' && request.kind.group === '' && request.subresource === 'ephemeralcontainers' && request.operation === 'UPDATE'),
  admit(request) {
    const pod = request.object;
    if (request.subresource !== '' || pod.metadata.annotations?.[MIRROR] !== undefined) return;
    const { spec } = pod;
    if ((spec.serviceAccountName ?? '') === '') spec.serviceAccountName = spec.serviceAccount ?? 'default';
    spec.serviceAccount = spec.serviceAccountName;
    return whenThere(accountOf(request, spec.serviceAccountName), (account) => {
      if (mounts(account, spec)) mountToken(request, spec);
      if ((spec.imagePullSecrets ?? []).length === 0 && (account.imagePullSecrets ?? []).length > 0)
        spec.imagePullSecrets = account.imagePullSecrets.map(({ name = '' }: { name?: string }) => ({ name }));
    });
  },
  validate(request) {
    const pod = request.object;
    if (request.subresource !== '') return;
    const { spec } = pod;
    if (pod.metadata.annotations?.[MIRROR] !== undefined) return validateMirror(request);
    return whenThere(accountOf(request, spec.serviceAccountName ?? ''), () => undefined);
  },
};

function validateMirror(request: AdmissionRequest): void {
  const { spec } = request.object;
  if ((spec.serviceAccountName ?? '') !== '') throw refused(request, 'a mirror pod may not reference service accounts');
  for (const volume of spec.volumes ?? []) {
    if (volume.secret !== undefined) throw refused(request, 'a mirror pod may not reference secrets');
    for (const source of volume.projected?.sources ?? [])
      if (source.serviceAccountToken !== undefined) throw refused(request, 'a mirror pod may not use ServiceAccountToken volume projections');
  }
}

function accountOf(request: AdmissionRequest, name: string): Soon<any> {
  return whenThere(read(request.server, '', 'serviceaccounts', { namespace: request.namespace, name }), (found) => {
    if (found === undefined)
      throw refused(request, `error looking up service account ${request.namespace}/${name}: serviceaccount ${JSON.stringify(name)} not found`);
    return found;
  });
}

const mounts = (account: any, spec: any): boolean => spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;

function mountToken({ server }: AdmissionRequest, spec: any): void {
  const existing = (spec.volumes ?? []).find(({ name }: { name: string }) => name.startsWith('kube-api-access-'));
  const name = existing?.name ?? `kube-api-access-${randomSuffix(server.options.random)}`;
  let mounted = false;
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    if ((container.volumeMounts ?? []).some(({ mountPath }: { mountPath: string }) => mountPath === TOKEN_PATH)) continue;
    container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: TOKEN_PATH }];
    mounted = true;
  }
  if (mounted && existing === undefined) spec.volumes = [...(spec.volumes ?? []), { name, projected: { sources: SOURCES(), defaultMode: 420 } }];
}

const SOURCES = (): object[] => [
  { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
  { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
];
