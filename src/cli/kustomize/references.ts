/**
 * Names that objects call each other by, made true after prefixes, suffixes,
 * namespaces and hashes have changed them. Which field names what is
 * kustomize's own list.
 */
import { appliesTo, atPath, type FieldSpec } from './fields.js';
import { idOf, idsOf, placeOf, type Id, type Item } from './resources.js';

const POD = { kind: 'Pod', path: 'spec' };
const CRON_JOB = { kind: 'CronJob', path: 'spec/jobTemplate/spec/template/spec' };
const templated = (...kinds: string[]): { kind: string; path: string }[] => kinds.map((kind) => ({ kind, path: 'spec/template/spec' }));
const DATA_USERS = [POD, { kind: 'PodTemplate', path: 'template/spec' }, ...templated('Deployment', 'ReplicaSet', 'DaemonSet', 'StatefulSet', 'Job'), CRON_JOB];
const POD_USERS = [POD, ...templated('StatefulSet', 'Deployment', 'ReplicationController', 'Job', 'DaemonSet'), CRON_JOB];

const inPods = (users: readonly { kind: string; path: string }[], ...fields: string[]): FieldSpec[] =>
  users.flatMap(({ kind, path }) => fields.map((field) => ({ kind, path: `${path}/${field}` })));

interface Reference {
  target: { kind: string; group?: string };
  fields: readonly FieldSpec[];
}

const scaled = (kind: string): Reference => ({ target: { kind }, fields: [{ kind: 'HorizontalPodAutoscaler', path: 'spec/scaleTargetRef/name' }] });
const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';

const REFERENCES: readonly Reference[] = [
  ...['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'].map(scaled),
  {
    target: { kind: 'ConfigMap', group: '' },
    fields: [
      ...inPods(
        DATA_USERS,
        'volumes/configMap/name',
        'containers/env/valueFrom/configMapKeyRef/name',
        'initContainers/env/valueFrom/configMapKeyRef/name',
        'containers/envFrom/configMapRef/name',
        'initContainers/envFrom/configMapRef/name',
        'volumes/projected/sources/configMap/name',
      ),
      { kind: 'Role', path: 'rules/resourceNames' },
      { kind: 'ClusterRole', path: 'rules/resourceNames' },
      { kind: 'Ingress', path: 'metadata/annotations/nginx.ingress.kubernetes.io\\/fastcgi-params-configmap' },
    ],
  },
  {
    target: { kind: 'Secret', group: '' },
    fields: [
      ...inPods(
        DATA_USERS,
        'volumes/secret/secretName',
        'containers/env/valueFrom/secretKeyRef/name',
        'initContainers/env/valueFrom/secretKeyRef/name',
        'containers/envFrom/secretRef/name',
        'initContainers/envFrom/secretRef/name',
        'imagePullSecrets/name',
        'volumes/projected/sources/secret/name',
      ),
      { kind: 'Ingress', path: 'spec/tls/secretName' },
      ...['ingress.kubernetes.io\\/auth-secret', 'nginx.ingress.kubernetes.io\\/auth-secret', 'nginx.ingress.kubernetes.io\\/auth-tls-secret'].map((name) => ({
        kind: 'Ingress',
        path: `metadata/annotations/${name}`,
      })),
      { kind: 'ServiceAccount', path: 'imagePullSecrets/name' },
      ...['secretName', 'adminSecretName', 'userSecretName', 'secretRef'].map((name) => ({ kind: 'StorageClass', path: `parameters/${name}` })),
      { kind: 'Role', path: 'rules/resourceNames' },
      { kind: 'ClusterRole', path: 'rules/resourceNames' },
      { kind: 'PersistentVolume', path: 'spec/azureFile/secretName' },
    ],
  },
  {
    target: { kind: 'Service', group: '' },
    fields: [
      { kind: 'StatefulSet', group: 'apps', path: 'spec/serviceName' },
      ...[
        'spec/rules/http/paths/backend/serviceName',
        'spec/backend/serviceName',
        'spec/rules/http/paths/backend/service/name',
        'spec/defaultBackend/service/name',
      ].map((path) => ({ kind: 'Ingress', path })),
      { kind: 'APIService', group: 'apiregistration.k8s.io', path: 'spec/service/name' },
      { kind: 'ValidatingWebhookConfiguration', group: ADMISSION, path: 'webhooks/clientConfig/service' },
      { kind: 'MutatingWebhookConfiguration', group: ADMISSION, path: 'webhooks/clientConfig/service' },
      { kind: 'HTTPRoute', path: 'spec/rules/backendRefs/name' },
    ],
  },
  { target: { kind: 'Role', group: RBAC }, fields: [{ kind: 'RoleBinding', group: RBAC, path: 'roleRef/name' }] },
  { target: { kind: 'ClusterRole', group: RBAC }, fields: ['RoleBinding', 'ClusterRoleBinding'].map((kind) => ({ kind, group: RBAC, path: 'roleRef/name' })) },
  {
    target: { kind: 'ServiceAccount', group: '' },
    fields: [...['RoleBinding', 'ClusterRoleBinding'].map((kind) => ({ kind, group: RBAC, path: 'subjects' })), ...inPods(POD_USERS, 'serviceAccountName')],
  },
  { target: { kind: 'PersistentVolumeClaim', group: '' }, fields: inPods(POD_USERS, 'volumes/persistentVolumeClaim/claimName') },
  {
    target: { kind: 'PersistentVolume', group: '' },
    fields: [
      { kind: 'PersistentVolumeClaim', path: 'spec/volumeName' },
      { kind: 'ClusterRole', path: 'rules/resourceNames' },
    ],
  },
  {
    target: { kind: 'StorageClass', group: 'storage.k8s.io' },
    fields: [
      { kind: 'PersistentVolume', path: 'spec/storageClassName' },
      { kind: 'PersistentVolumeClaim', path: 'spec/storageClassName' },
      { kind: 'StatefulSet', path: 'spec/volumeClaimTemplates/spec/storageClassName' },
    ],
  },
  { target: { kind: 'PriorityClass', group: 'scheduling.k8s.io' }, fields: inPods(POD_USERS, 'priorityClassName') },
  { target: { kind: 'IngressClass', group: 'networking.k8s.io' }, fields: [{ kind: 'Ingress', path: 'spec/ingressClassName' }] },
];

export function fixReferences(items: readonly Item[]): void {
  for (const item of items) {
    const id = idOf(item.object);
    for (const { target, fields } of REFERENCES) {
      const targets = items.filter(({ object }) => isOfKind(idOf(object), target));
      if (targets.length === 0) continue;
      for (const field of fields)
        if (appliesTo(field, id)) atPath(item.object, field.path, { create: false }, (holder, key) => fix(item, targets, holder, key));
    }
  }
}

const isOfKind = ({ kind, group }: Id, target: { kind: string; group?: string }): boolean =>
  kind === target.kind && (target.group === undefined || group === target.group);

function fix(referrer: Item, targets: readonly Item[], holder: any, key: string): void {
  const value = holder[key];
  if (typeof value === 'string') {
    // roleRef and scaleTargetRef say of what kind they speak.
    if (key === 'name' && typeof holder.kind === 'string' && targets.every(({ object }) => object.kind !== holder.kind)) return;
    const named = meant(referrer, targets, value, undefined);
    if (named !== undefined) holder[key] = named.object.metadata.name;
  } else if (Array.isArray(value)) {
    value.forEach((one, at) => {
      if (typeof one === 'string') fix(referrer, targets, value, String(at));
      else fixMap(referrer, targets, one);
    });
  } else fixMap(referrer, targets, value);
}

/** A subject, or the service of a webhook: a name with its namespace. */
function fixMap(referrer: Item, targets: readonly Item[], map: any): void {
  if (map === null || typeof map !== 'object' || typeof map.name !== 'string') return;
  if (typeof map.kind === 'string' && targets.every(({ object }) => object.kind !== map.kind)) return;
  const named = meant(referrer, targets, map.name, map.namespace ?? '');
  if (named === undefined) return;
  map.name = named.object.metadata.name;
  if (named.object.metadata.namespace !== undefined) map.namespace = named.object.metadata.namespace;
}

const NO_NAMESPACE = new Set(['Namespace', 'ClusterRole', 'StorageClass', 'PersistentVolume', 'PriorityClass', 'IngressClass']);

/** The object that the name stood for when it was written; undefined where none here, or none alone, is meant. */
function meant(referrer: Item, targets: readonly Item[], name: string, namespace: string | undefined): Item | undefined {
  const places = namespace === undefined ? new Set(idsOf(referrer).map(placeOf)) : namespace === '' ? undefined : new Set([namespace]);
  const near = (id: Id): boolean => NO_NAMESPACE.has(id.kind) || places === undefined || places.has(placeOf(id)) || referrerIsEverywhere(referrer);
  let found = targets.filter((item) => idsOf(item).some((id) => id.name === name && near(id)));
  if (found.length > 1) found = prefer(found, (item) => item.affixes.join() === referrer.affixes.join());
  if (found.length > 1) found = prefer(found, ({ object }) => placeOf(idOf(object)) === placeOf(idOf(referrer.object)));
  return new Set(found.map(({ object }) => object.metadata.name)).size === 1 ? found[0] : undefined;
}

const referrerIsEverywhere = ({ object }: Item): boolean =>
  [
    'ClusterRole',
    'ClusterRoleBinding',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'APIService',
    'StorageClass',
    'PersistentVolume',
  ].includes(object.kind);

function prefer(items: Item[], wanted: (item: Item) => boolean): Item[] {
  const kept = items.filter(wanted);
  return kept.length > 0 ? kept : items;
}
