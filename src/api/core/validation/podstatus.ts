/** Rules of writes to a pod's status: what may not change any more, and what its parts may say. */
import { duplicate, forbidden, invalid, required, tooLong, type Causes } from '../../../apimachinery/fielderror.js';
import { byteLength, dns1123Subdomain } from '../../../apimachinery/names.js';
import type { MetadataCauses } from '../../kind.js';
import type { Container } from '../types/container.js';
import type { ContainerStatus, Pod, PodStatus } from '../types/pod.js';
import type { PodSpec } from '../types/podspec.js';
import { isDualStack, validateIP } from './addresses.js';
import { forbiddenIf, ID_MAX, immutable, inclusiveRange, invalidEach, label, qualified, subdomain, supported } from './complaints.js';
import { annotationUpdates, NO_CAUSES } from './pod.js';

const SYSTEM_CONDITIONS = new Set(['PodScheduled', 'Ready', 'Initialized']);
const NOT_NEGATIVE = 'must be a non-negative integer';
const STATUSES = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;
const HEALTH_MESSAGE_MAX = 1024;

export function validatePodStatusUpdate(next: Pod, previous: Pod, { changed }: MetadataCauses = NO_CAUSES): Causes {
  const { status, spec } = next;
  return [
    ...changed,
    ...annotationUpdates(next, previous),
    ...conditions(status),
    ...nominated(status, previous),
    ...negative(status.observedGeneration, 'status.observedGeneration'),
    ...immutable(status.qosClass ?? '', previous.status.qosClass ?? '', 'status.qosClass'),
    ...transitions(next, previous),
    ...claimStatuses(next),
    ...extendedClaim(next),
    ...addresses(status.podIPs, previous.status.podIPs, 'status.podIPs'),
    ...hostAddresses(status, previous.status),
    ...STATUSES.flatMap((list) => users(status[list], spec, `status.${list}`)),
    ...health(status.containerStatuses, spec.containers, 'status.containerStatuses'),
    ...health(status.initContainerStatuses, spec.initContainers, 'status.initContainerStatuses'),
    ...(status.ephemeralContainerStatuses ?? []).flatMap(({ allocatedResourcesStatus: told }, at) =>
      forbiddenIf((told ?? []).length > 0, `status.ephemeralContainerStatuses[${at}].allocatedResourcesStatus`, 'must not be specified in container status'),
    ),
  ];
}

const negative = (value: number | undefined, field: string): Causes => (value !== undefined && value < 0 ? [invalid(field, value, NOT_NEGATIVE)] : []);

function conditions({ conditions: list }: PodStatus): Causes {
  return (list ?? []).flatMap(({ type, observedGeneration }, at) => [
    ...negative(observedGeneration, `status.conditions[${at}].observedGeneration`),
    ...(SYSTEM_CONDITIONS.has(type) ? [] : qualified(type, `status.conditions[${at}].Type`)),
  ]);
}

function nominated({ nominatedNodeName: name }: PodStatus, { spec, status }: Pod): Causes {
  const field = 'status.nominatedNodeName';
  if (!name || name === status.nominatedNodeName) return [];
  return [...subdomain(name, field), ...forbiddenIf(!!spec.nodeName, field, 'may not be set on pods that are already bound to a node')];
}

/** A container that has ended for good does not come back. */
function transitions(next: Pod, { spec, status }: Pod): Causes {
  const restartsAll = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].some(({ restartPolicyRules }) =>
    restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers'),
  );
  return STATUSES.flatMap((list) => {
    if (restartsAll && list !== 'ephemeralContainerStatuses') return [];
    const containers: readonly Container[] | undefined =
      list === 'containerStatuses' ? spec.containers : list === 'initContainerStatuses' ? spec.initContainers : [];
    return (status[list] ?? []).flatMap(({ name, state }, at) => {
      if (state.terminated === undefined) return [];
      const now = next.status[list]?.find((one) => one.name === name && one.state.terminated === undefined);
      const container = containers?.find((one) => one.name === name);
      const mayRestart = container !== undefined && restartsAfter(container, spec, state.terminated.exitCode);
      return now === undefined || mayRestart ? [] : [forbidden(`status.${list}[${at}].state`, 'may not be transitioned to non-terminated state')];
    });
  });
}

/** The first rule that knows the exit code decides, then the container's own policy, then the pod's. */
function restartsAfter({ restartPolicy, restartPolicyRules }: Container, spec: PodSpec, exitCode: number): boolean {
  const rule = restartPolicyRules?.find(
    ({ exitCodes }) => exitCodes !== undefined && (exitCodes.values ?? []).includes(exitCode) === (exitCodes.operator === 'In'),
  );
  if (rule?.action === 'Restart' || rule?.action === 'RestartAllContainers') return true;
  const policy = restartPolicy ?? spec.restartPolicy;
  return policy === 'OnFailure' ? exitCode !== 0 : policy !== 'Never';
}

function claimStatuses({ spec, status }: Pod): Causes {
  const known = new Set((spec.resourceClaims ?? []).map(({ name }) => name));
  const seen = new Set<string>();
  return (status.resourceClaimStatuses ?? []).flatMap(({ name, resourceClaimName }, at) => {
    const field = `status.resourceClaimStatuses[${at}]`;
    const again = seen.has(name);
    seen.add(name);
    return [
      ...(known.has(name) ? [] : [invalid(`${field}.name`, name, 'must match the name of an entry in `spec.resourceClaims`')]),
      ...(again ? [duplicate(`${field}.name`, name)] : []),
      ...(resourceClaimName === undefined ? [] : invalidEach(`${field}.resourceClaimName`, resourceClaimName, dns1123Subdomain(resourceClaimName))),
    ];
  });
}

function extendedClaim({ spec, status }: Pod): Causes {
  const told = status.extendedResourceClaimStatus;
  if (told === undefined) return [];
  const field = 'status.extendedResourceClaimStatus';
  const containers = new Map([...(spec.initContainers ?? []), ...(spec.containers ?? [])].map((container) => [container.name, container]));
  const mappings = told.requestMappings ?? [];
  const seen = new Set<string>();
  const causes: Causes = mappings.length === 0 ? [required(`${field}.requestMappings`, 'at least one request mapping is required')] : [];
  for (const [at, { containerName, resourceName, requestName }] of mappings.entries()) {
    const path = `${field}.requestMappings[${at}]`;
    const container = containers.get(containerName);
    if (container === undefined)
      causes.push(invalid(`${path}.containerName`, containerName, 'must match the name of an entry in spec.initContainers.name or spec.containers.name'));
    else if (container.resources?.requests?.[resourceName] === undefined) causes.push(invalid(`${path}.resourceName`, resourceName, NO_SUCH_REQUEST));
    causes.push(...label(requestName, `${field}.requestName`));
    const key = JSON.stringify([containerName, resourceName, requestName]);
    if (seen.has(key))
      causes.push(
        duplicate(`${path}.containerName`, containerName),
        duplicate(`${path}.resourceName`, resourceName),
        duplicate(`${path}.requestName`, requestName),
      );
    seen.add(key);
  }
  const name = told.resourceClaimName;
  return [...causes, ...(name === '' ? [required(`${field}.resourceClaimName`)] : subdomain(name, `${field}.resourceClaimName`))];
}
const NO_SUCH_REQUEST = 'must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests';

type Address = { ip: string };

function addresses(next: readonly Address[] = [], previous: readonly Address[] = [], field: string): Causes {
  const stored = previous.map(({ ip }) => ip);
  const causes = next.flatMap(({ ip }, at) => validateIP(ip, `${field}[${at}]`, stored));
  if (next.length > 1 && causes.length === 0 && !(next.length === 2 && isDualStack(next.map(({ ip }) => ip)))) {
    causes.push(
      invalid(
        field,
        next.map(({ ip }) => ({ IP: ip })),
        'may specify no more than one IP for each IP family',
      ),
    );
  }
  return causes;
}

function hostAddresses({ hostIP, hostIPs }: PodStatus, previous: PodStatus): Causes {
  const field = 'status.hostIPs';
  const first = hostIPs?.[0]?.ip;
  const differs = first !== undefined && first !== (hostIP ?? '');
  return [...(differs ? [invalid(`${field}[0].ip`, first, 'must be equal to `hostIP`')] : []), ...addresses(hostIPs, previous.hostIPs, field)];
}

function users(statuses: readonly ContainerStatus[] | undefined, { os }: PodSpec, list: string): Causes {
  return (statuses ?? []).flatMap(({ user }, at) => {
    const field = `${list}[${at}].user.linux`;
    if (user?.linux === undefined) return [];
    if (os?.name === 'windows') return [forbidden(field, 'cannot be set for a windows pod')];
    const { uid, gid, supplementalGroups = [] } = user.linux;
    return [
      ...id(uid, `${field}.uid`),
      ...id(gid, `${field}.gid`),
      ...supplementalGroups.flatMap((group, place) => id(group, `${field}.supplementalGroups[${place}]`)),
    ];
  });
}

const id = (value: number, field: string): Causes => (value < 0 || value > ID_MAX ? [invalid(field, value, inclusiveRange(0, ID_MAX))] : []);

/** What a container has been given must be what it asked for; a container that is not there is let be. */
function health(statuses: readonly ContainerStatus[] | undefined, containers: readonly Container[] | undefined, list: string): Causes {
  return (statuses ?? []).flatMap(({ name, allocatedResourcesStatus }, at) => {
    const container = containers?.find((one) => one.name === name);
    return (allocatedResourcesStatus ?? []).flatMap((told, place) => {
      const field = `${list}[${at}].allocatedResourcesStatus[${place}]`;
      return [...(container === undefined ? [] : asked(container, told.name, `${field}.name`)), ...healthOf(told.resources ?? [], `${field}.resources`)];
    });
  });
}

function asked({ resources }: Container, name: string, field: string): Causes {
  if (!name.startsWith('claim:'))
    return resources?.requests?.[name] === undefined ? [invalid(field, name, "must match one of the container's resource requests")] : [];
  const known = (resources?.claims ?? []).some((claim) => name === `claim:${claim.name}${claim.request ? `/${claim.request}` : ''}`);
  const text = "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty";
  return known ? [] : [invalid(field, name, text)];
}

function healthOf(resources: readonly { resourceID: string; health?: string; message?: string }[], list: string): Causes {
  const seen = new Set<string>();
  return resources.flatMap(({ resourceID, health: word, message }, at) => {
    const field = `${list}[${at}]`;
    const again = seen.has(resourceID);
    seen.add(resourceID);
    return [
      ...supported(word ?? '', `${field}.health`, ['Healthy', 'Unhealthy', 'Unknown']),
      ...(message === '' ? [required(`${field}.message`, 'must be non-empty if specified')] : []),
      ...(message !== undefined && byteLength(message) > HEALTH_MESSAGE_MAX ? [tooLong(`${field}.message`, message, HEALTH_MESSAGE_MAX)] : []),
      ...(again ? [duplicate(`${field}.resourceID`, resourceID)] : []),
    ];
  });
}
