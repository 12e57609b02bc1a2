/**
 * All controllers, with the identity each acts under, the name its events
 * carry, and the kinds it watches, so that a cluster can start only those that
 * have something to do. The code of one is loaded when it is started.
 */
import type { Client } from '../client/client.js';
import { createEventRecorder } from '../client/events.js';
import type { UserInfo } from '../apimachinery/request.js';
import type { Controller, ControllerDeps } from './controller.js';

export type { Controller, ControllerConfig, ControllerDeps } from './controller.js';

export interface ControllerEntry {
  /** kube-controller-manager's name for it, as in --controllers. */
  name: string;
  /** The ServiceAccount in kube-system it acts as; '': the controller manager's own user. */
  account: string;
  /** Source of its events. */
  component: string;
  /** What it watches, as "plural.group". '*': every kind there is. */
  watches: readonly string[];
  /** Of some of these kinds, only objects whose stored JSON holds one of these texts, as long as they are there. */
  marks?: Readonly<Record<string, readonly string[]>>;
  load(): Promise<(deps: ControllerDeps) => Controller>;
}

const POD_OWNERS = ['deployments.apps', 'replicasets.apps', 'statefulsets.apps', 'replicationcontrollers'];

const TOKENS = ['"bootstrap.kubernetes.io/token"'];

export const CONTROLLERS: readonly ControllerEntry[] = [
  entry(
    'serviceaccount',
    'service-account-controller',
    'serviceaccount-controller',
    ['namespaces', 'serviceaccounts'],
    async () => (await import('./serviceaccount/serviceaccount.js')).serviceAccountController,
  ),
  entry(
    'serviceaccount-token',
    '',
    'serviceaccount-token-controller',
    ['secrets', 'serviceaccounts'],
    async () => (await import('./serviceaccounttoken/serviceaccounttoken.js')).serviceAccountTokenController,
  ),
  entry('token-cleaner', 'token-cleaner', 'token-cleaner', ['secrets'], async () => (await import('./tokencleaner/tokencleaner.js')).tokenCleanerController, {
    secrets: TOKENS,
  }),
  entry(
    'bootstrap-signer',
    'bootstrap-signer',
    'bootstrap-signer',
    ['secrets', 'configmaps'],
    async () => (await import('./bootstrap/bootstrapsigner.js')).bootstrapSigner,
    { secrets: TOKENS, configmaps: ['"cluster-info"'] },
  ),
  entry(
    'root-ca-certificate-publisher',
    'root-ca-cert-publisher',
    'root-ca-cert-publisher',
    ['namespaces', 'configmaps'],
    async () => (await import('./rootca/rootca.js')).rootCaController,
  ),
  entry(
    'certificatesigningrequest-approving',
    'certificate-controller',
    'certificate-controller',
    ['certificatesigningrequests.certificates.k8s.io'],
    async () => (await import('./certificates/approving.js')).csrApprovingController,
  ),
  entry(
    'certificatesigningrequest-signing',
    'certificate-controller',
    'certificate-controller',
    ['certificatesigningrequests.certificates.k8s.io'],
    async () => (await import('./certificates/signing.js')).csrSigningController,
  ),
  entry(
    'certificatesigningrequest-cleaner',
    'certificate-controller',
    'certificate-controller',
    ['certificatesigningrequests.certificates.k8s.io'],
    async () => (await import('./certificates/cleaner.js')).csrCleanerController,
  ),
  entry(
    'clusterrole-aggregation',
    'clusterrole-aggregation-controller',
    'clusterrole-aggregation-controller',
    ['clusterroles.rbac.authorization.k8s.io'],
    async () => (await import('./clusterroleaggregation/clusterroleaggregation.js')).clusterRoleAggregationController,
  ),
  entry(
    'validatingadmissionpolicy-status',
    'validatingadmissionpolicy-status-controller',
    'validatingadmissionpolicy-status-controller',
    ['validatingadmissionpolicies.admissionregistration.k8s.io'],
    async () => (await import('./validatingadmissionpolicystatus/validatingadmissionpolicystatus.js')).validatingAdmissionPolicyStatusController,
  ),
  entry('node-ipam', 'node-controller', 'cidrAllocator', ['nodes'], async () => (await import('./nodeipam/nodeipam.js')).nodeIpamController),
  entry(
    'node-lifecycle',
    'node-controller',
    'node-controller',
    ['nodes', 'pods', 'leases.coordination.k8s.io'],
    async () => (await import('./nodelifecycle/nodelifecycle.js')).nodeLifecycleController,
  ),
  entry(
    'taint-eviction',
    'node-controller',
    'taint-eviction-controller',
    ['nodes', 'pods'],
    async () => (await import('./tainteviction/tainteviction.js')).taintEvictionController,
  ),
  entry(
    'service-cidr',
    'service-cidrs-controller',
    'service-cidr-controller',
    ['servicecidrs.networking.k8s.io', 'ipaddresses.networking.k8s.io'],
    async () => (await import('./servicecidr/servicecidr.js')).serviceCidrController,
    { 'ipaddresses.networking.k8s.io': [] },
  ),
  entry('ttl', 'ttl-controller', 'ttl-controller', ['nodes'], async () => (await import('./ttl/ttl.js')).ttlController),
  entry(
    'deployment',
    'deployment-controller',
    'deployment-controller',
    ['deployments.apps', 'replicasets.apps', 'pods'],
    async () => (await import('./deployment/deployment.js')).deploymentController,
  ),
  entry(
    'replicaset',
    'replicaset-controller',
    'replicaset-controller',
    ['replicasets.apps', 'pods'],
    async () => (await import('./replicaset/replicaset.js')).replicaSetController,
  ),
  entry(
    'replicationcontroller',
    'replication-controller',
    'replication-controller',
    ['replicationcontrollers', 'pods'],
    async () => (await import('./replicaset/replicaset.js')).replicationControllerController,
  ),
  entry(
    'daemonset',
    'daemon-set-controller',
    'daemonset-controller',
    ['daemonsets.apps', 'pods', 'nodes', 'controllerrevisions.apps'],
    async () => (await import('./daemonset/daemonset.js')).daemonSetController,
  ),
  entry(
    'statefulset',
    'statefulset-controller',
    'statefulset-controller',
    ['statefulsets.apps', 'pods', 'persistentvolumeclaims', 'controllerrevisions.apps'],
    async () => (await import('./statefulset/statefulset.js')).statefulSetController,
  ),
  entry('job', 'job-controller', 'job-controller', ['jobs.batch', 'pods'], async () => (await import('./job/job.js')).jobController),
  entry(
    'cronjob',
    'cronjob-controller',
    'cronjob-controller',
    ['cronjobs.batch', 'jobs.batch'],
    async () => (await import('./cronjob/cronjob.js')).cronJobController,
  ),
  entry(
    'ttl-after-finished',
    'ttl-after-finished-controller',
    'ttl-after-finished-controller',
    ['jobs.batch'],
    async () => (await import('./ttlafterfinished/ttlafterfinished.js')).ttlAfterFinishedController,
  ),
  entry(
    'endpoints',
    'endpoint-controller',
    'endpoint-controller',
    ['services', 'pods', 'endpoints'],
    async () => (await import('./endpoints/endpoints.js')).endpointsController,
  ),
  entry(
    'endpointslice',
    'endpointslice-controller',
    'endpoint-slice-controller',
    ['services', 'pods', 'nodes', 'endpointslices.discovery.k8s.io'],
    async () => (await import('./endpointslice/endpointslice.js')).endpointSliceController,
  ),
  entry(
    'endpointslice-mirroring',
    'endpointslicemirroring-controller',
    'endpoint-slice-mirroring-controller',
    ['services', 'endpoints', 'endpointslices.discovery.k8s.io'],
    async () => (await import('./endpointslicemirroring/endpointslicemirroring.js')).endpointSliceMirroringController,
  ),
  entry(
    'disruption',
    'disruption-controller',
    'controllermanager',
    ['poddisruptionbudgets.policy', 'pods', ...POD_OWNERS],
    async () => (await import('./disruption/disruption.js')).disruptionController,
  ),
  entry(
    'resourcequota',
    'resourcequota-controller',
    'resourcequota-controller',
    ['resourcequotas', 'pods', 'services', 'persistentvolumeclaims', 'configmaps', 'secrets'],
    async () => (await import('./resourcequota/resourcequota.js')).resourceQuotaController,
  ),
  entry(
    'persistentvolume-binder',
    'persistent-volume-binder',
    'persistentvolume-controller',
    ['persistentvolumes', 'persistentvolumeclaims', 'storageclasses.storage.k8s.io'],
    async () => (await import('./persistentvolume/binder.js')).persistentVolumeBinder,
  ),
  entry(
    'persistentvolume-expander',
    'expand-controller',
    'volume_expand',
    ['persistentvolumeclaims'],
    async () => (await import('./persistentvolume/expander.js')).volumeExpander,
  ),
  entry(
    'ephemeral-volume',
    'ephemeral-volume-controller',
    'ephemeral_volume',
    ['pods', 'persistentvolumeclaims'],
    async () => (await import('./ephemeralvolume/ephemeralvolume.js')).ephemeralVolumeController,
    { pods: ['"ephemeral":{'] },
  ),
  entry(
    'resource-claim',
    'resource-claim-controller',
    'resource_claim',
    ['pods', 'resourceclaims.resource.k8s.io'],
    async () => (await import('./resourceclaim/resourceclaim.js')).resourceClaimController,
    { pods: ['"resourceClaims":['] },
  ),
  entry(
    'device-taint-eviction',
    'device-taint-eviction-controller',
    'device-taint-eviction-controller',
    ['pods', 'resourceclaims.resource.k8s.io', 'resourceslices.resource.k8s.io'],
    async () => (await import('./devicetainteviction/devicetainteviction.js')).deviceTaintEvictionController,
    { pods: ['"resourceClaims":['], 'resourceslices.resource.k8s.io': ['"NoExecute"'] },
  ),
  entry(
    'persistentvolumeclaim-protection',
    'pvc-protection-controller',
    'pvc-protection-controller',
    ['persistentvolumeclaims', 'pods'],
    async () => (await import('./persistentvolume/protection.js')).claimProtectionController,
  ),
  entry(
    'persistentvolume-protection',
    'pv-protection-controller',
    'pv-protection-controller',
    ['persistentvolumes'],
    async () => (await import('./persistentvolume/protection.js')).volumeProtectionController,
  ),
  entry(
    'volumeattributesclass-protection',
    'volumeattributesclass-protection-controller',
    'volumeattributesclass-protection-controller',
    ['volumeattributesclasses.storage.k8s.io', 'persistentvolumeclaims', 'persistentvolumes'],
    async () => (await import('./persistentvolume/classprotection.js')).classProtectionController,
    { persistentvolumeclaims: ['AttributesClassName"'], persistentvolumes: ['"volumeAttributesClassName"'] },
  ),
  entry(
    'horizontal-pod-autoscaler',
    'horizontal-pod-autoscaler',
    'horizontal-pod-autoscaler',
    ['horizontalpodautoscalers.autoscaling'],
    async () => (await import('./podautoscaler/podautoscaler.js')).podAutoscalerController,
  ),
  entry(
    'pod-garbage-collector',
    'pod-garbage-collector',
    'pod-garbage-collector',
    ['pods', 'nodes'],
    async () => (await import('./podgc/podgc.js')).podGcController,
  ),
  entry(
    'namespace',
    'namespace-controller',
    'namespace-controller',
    ['namespaces'],
    async () => (await import('./namespace/namespace.js')).namespaceController,
  ),
  entry(
    'garbage-collector',
    'generic-garbage-collector',
    'garbage-collector-controller',
    ['*'],
    async () => (await import('./garbagecollector/garbagecollector.js')).garbageCollector,
  ),
];

function entry(
  name: string,
  account: string,
  component: string,
  watches: readonly string[],
  load: ControllerEntry['load'],
  marks?: ControllerEntry['marks'],
): ControllerEntry {
  return { name, account, component, watches, load, ...(marks === undefined ? {} : { marks }) };
}

/** Who a controller is, as its ServiceAccount's token would say. */
export function userOf({ account }: ControllerEntry): UserInfo {
  // As Kubernetes does: who makes accounts' tokens has no account yet, and is the controller manager itself.
  if (account === '') return { name: 'system:kube-controller-manager', groups: ['system:authenticated'] };
  return {
    name: `system:serviceaccount:kube-system:${account}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
  };
}

export interface ControllerSet extends Omit<ControllerDeps, 'client' | 'recorder'> {
  /** A client for one controller, under the identity given. */
  clientFor(user: UserInfo, userAgent: string): Client;
}

/** One controller, ready to start. */
export async function createController(which: ControllerEntry, { clientFor, ...deps }: ControllerSet): Promise<Controller> {
  const client = clientFor(userOf(which), `kube-controller-manager/v1.36.3 (linux/amd64) kubernetes/system:serviceaccount:kube-system:${which.account}`);
  const recorder = createEventRecorder({ client, clock: deps.clock, quiescence: deps.quiescence, log: deps.log, component: which.component });
  const make = await which.load();
  return make({ ...deps, client, recorder });
}
