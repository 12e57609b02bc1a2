/**
 * Extended resources that device classes stand for: where a node has none of
 * its own of such a resource, the pod is given devices instead, through a claim
 * that the scheduler makes for it.
 */
import type { Container } from '../api/core/types/container.js';
import type { ObjectDraft } from '../apimachinery/object.js';
import type { Sources } from './handle.js';
import type { ResourceClaim } from './kinds.js';
import type { NodeInfo } from './nodeinfo.js';
import type { PodInfo } from './podinfo.js';

const CLASS_PREFIX = 'deviceclass.resource.kubernetes.io/';
const ANNOTATION = 'resource.kubernetes.io/extended-resource-claim';

/** The name of the class that stands for it; undefined: none does. Of several that say so, the one made last. */
export function classFor({ deviceClasses }: Sources, resource: string): string | undefined {
  if (resource.startsWith(CLASS_PREFIX)) return deviceClasses.lister.get({ name: resource.slice(CLASS_PREFIX.length) })?.metadata.name;
  if (!isExtended(resource)) return undefined;
  const found = deviceClasses.lister.list().filter(({ spec }) => spec.extendedResourceName === resource);
  found.sort(
    ({ metadata: one }, { metadata: other }) =>
      (other.creationTimestamp ?? '').localeCompare(one.creationTimestamp ?? '') || one.name!.localeCompare(other.name!),
  );
  return found[0]?.metadata.name;
}

const isExtended = (resource: string): boolean => resource.includes('/') && !resource.includes('kubernetes.io/');

/** Whether the pod is to get devices for it on a node. */
export const isByDevice = (sources: Sources, resource: string, { allocatable }: NodeInfo): boolean =>
  (allocatable.scalar?.get(resource) ?? 0) === 0 && classFor(sources, resource) !== undefined;

/** Resources of the pod that some class stands for. */
export function resourcesByClass(sources: Sources, { requests }: PodInfo): string[] {
  if (requests.scalar === undefined) return [];
  return [...requests.scalar].flatMap(([name, amount]) => (amount > 0 && classFor(sources, name) !== undefined ? [name] : []));
}

/** The claim that was made for the pod at an earlier attempt. */
export function madeFor({ resourceClaims }: Sources, { namespace, uid, name }: PodInfo): ResourceClaim | undefined {
  return resourceClaims.lister
    .list({ namespace })
    .find(
      ({ metadata }) =>
        metadata.annotations?.[ANNOTATION] === 'true' &&
        metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.name === name && owner.controller === true) === true,
    );
}

type Requests = NonNullable<ResourceClaim['spec']['devices']['requests']>;

/** What is to be claimed for the pod on a node: one request for each container and resource. */
export function requestsOn(sources: Sources, pod: PodInfo, resources: readonly string[], node: NodeInfo): Requests {
  return resources
    .filter((resource) => isByDevice(sources, resource, node))
    .flatMap((resource) =>
      containersOf(pod).flatMap(({ resources: own }, at) => {
        const amount = Number(own?.requests?.[resource] ?? '0');
        if (amount === 0) return [];
        return [
          {
            name: requestName(at, own!.requests!, resource),
            exactly: { deviceClassName: classFor(sources, resource)!, allocationMode: 'ExactCount' as const, count: amount },
          },
        ];
      }),
    );
}

const requestName = (container: number, requests: Readonly<Record<string, string>>, resource: string): string =>
  `container-${container}-request-${Object.keys(requests).sort().indexOf(resource)}`;

const containersOf = ({ pod: { spec } }: PodInfo): Container[] => [...(spec.initContainers ?? []), ...spec.containers];

export function claimDraft({ namespace, name, uid }: PodInfo, requests: Requests): ObjectDraft<ResourceClaim> {
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: {
      namespace,
      generateName: `${name}-extended-resources-`,
      annotations: { [ANNOTATION]: 'true' },
      ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name, uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: { devices: { requests } },
  };
}

/** What the pod's status says of the claim: which request of it is for which container and resource. */
export function claimStatus(pod: PodInfo, { metadata, spec }: ResourceClaim): object {
  const names = new Set(spec.devices.requests?.map(({ name }) => name));
  const requestMappings = containersOf(pod).flatMap(({ name: containerName, resources }, at) =>
    Object.keys(resources?.requests ?? {})
      .sort()
      .flatMap((resourceName) => {
        const wanted = requestName(at, resources!.requests!, resourceName);
        return names.has(wanted) ? [{ containerName, resourceName, requestName: wanted }] : [];
      }),
  );
  return { requestMappings, resourceClaimName: metadata.name };
}
