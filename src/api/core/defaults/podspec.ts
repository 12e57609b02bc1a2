/**
 * Defaults of pod specs and pod templates: `defaultPodSpec` for both,
 * `defaultPod` adds what pods alone get. Whatever a template leaves out is
 * filled in again when a pod is made of it.
 */
import type { Pod } from '../types/pod.js';
import type { PodSpec, PodTemplateSpec } from '../types/podspec.js';
import { dropDisabledFields } from '../podfeatures.js';
import { aggregateContainerRequests, isOvercommitAllowed, isPodLevelResource, podLimitsOfHugePages } from '../resources.js';
import type { Container } from '../types/container.js';
import { defaultContainer } from './container.js';
import { defaultResources, defaultResourceList, requestsFromLimits } from './resources.js';
import { defaultVolume } from './volume.js';

export function defaultPodSpec(spec: PodSpec): void {
  spec.dnsPolicy ||= 'ClusterFirst';
  spec.restartPolicy ||= 'Always';
  spec.securityContext ??= {};
  spec.terminationGracePeriodSeconds ??= 30;
  spec.schedulerName ||= 'default-scheduler';
  aliasServiceAccount(spec);
  for (const volume of spec.volumes ?? []) defaultVolume(volume);
  for (const container of spec.initContainers ?? []) defaultContainer(container);
  for (const container of spec.containers ?? []) defaultContainer(container);
  for (const container of spec.ephemeralContainers ?? []) defaultContainer(container);
  defaultResourceList(spec.overhead);
  defaultResources(spec.resources);
}

export function defaultPodTemplateSpec(template: PodTemplateSpec): void {
  defaultPodSpec(template.spec);
  dropDisabledFields(template.spec);
}

export function defaultPod(pod: Pod): void {
  defaultPodSpec(pod.spec);
  for (const container of allContainers(pod.spec)) requestsFromLimits(container.resources);
  defaultPodResources(pod.spec);
  pod.spec.enableServiceLinks ??= true;
  if (pod.spec.hostNetwork === true) for (const container of allContainers(pod.spec)) defaultHostPorts(container);
  aliasPodIP(pod);
}

const allContainers = (spec: PodSpec): Container[] => [...(spec.containers ?? []), ...(spec.initContainers ?? [])];

/** `serviceAccount` is a deprecated second name of `serviceAccountName`. */
export function aliasServiceAccount(spec: PodSpec): void {
  const name = spec.serviceAccountName || spec.serviceAccount;
  if (name === undefined || name === '') return;
  if (spec.serviceAccountName !== name) spec.serviceAccountName = name;
  if (spec.serviceAccount !== name) spec.serviceAccount = name;
}

/** podIP is the first of podIPs; whichever was sent fills in the other, and podIP wins. */
function aliasPodIP({ status }: Pod): void {
  if (status === undefined) return;
  if (status.podIP !== undefined && status.podIP !== status.podIPs?.[0]?.ip) status.podIPs = [{ ip: status.podIP }];
  else if (status.podIP === undefined && status.podIPs?.[0] !== undefined) status.podIP = status.podIPs[0].ip;
}

function defaultHostPorts({ ports }: Container): void {
  for (const port of ports ?? []) if (!port.hostPort && port.containerPort !== 0) port.hostPort = port.containerPort;
}

/** Pod-level requests that are not stated: what the containers ask for in sum, else the pod-level limit. */
function defaultPodResources(spec: PodSpec): void {
  const { resources } = spec;
  if (resources === undefined) return;
  // Where huge pages are asked for, their limit is not guessed.
  const hugePages = Object.entries(podLimitsOfHugePages(spec)).filter(([name]) => resources.requests?.[name] === undefined);
  const limits: Record<string, string> = { ...Object.fromEntries(hugePages), ...resources.limits };
  if (Object.keys(limits).length > 0 && (resources.limits !== undefined || resources.requests !== undefined)) resources.limits = limits;
  if (Object.keys(resources.limits ?? {}).length === 0) return;
  const requests: Record<string, string> = { ...resources.requests };
  for (const [name, amount] of Object.entries(aggregateContainerRequests(spec))) {
    if (requests[name] === undefined && isPodLevelResource(name) && isOvercommitAllowed(name)) requests[name] = amount;
  }
  for (const [name, amount] of Object.entries(resources.limits ?? {})) if (requests[name] === undefined && isPodLevelResource(name)) requests[name] = amount;
  if (Object.keys(requests).length > 0) resources.requests = requests;
}
