/**
 * EndpointSlice controller: for every Service with a selector, slices that
 * tell where its pods are and which of them serve.
 */
import type { Endpoint, EndpointPort } from '../../api/discovery/types/endpointslice.js';
import { keyOf, type ObjectDraft } from '../../apimachinery/object.js';
import type { Client } from '../../client/client.js';
import { keyFor, keyTextOf } from '../../client/resource.js';
import { anyChange, enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { EndpointSlice, Node, Pod, Service } from '../kinds.js';
import { isSame } from '../order.js';
import { controllerRef } from '../owner.js';
import { isNamespaceTerminating } from '../podcontrol.js';
import { isPodReady } from '../pods.js';
import { labelIndex, podsOf, selectsIndex, servicesOf } from '../selecting.js';
import { endpointFacts, HEADLESS_LABEL, hostnameOf, ipsOf, isHeadless, isPublished, targetPort, TRIGGER_TIME } from './pods.js';
import { planSlices, portsKey, type Content, type Wanted } from './reconcile.js';
import { triggerTimes } from './triggertime.js';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
const CLOSE: readonly string[] = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
export const byServiceIndex = {
  service: ({ metadata: { namespace, labels = {} } }: EndpointSlice): string[] => (labels[SERVICE_NAME] === undefined ? [] : [`${namespace}/${labels[SERVICE_NAME]}`]),
};
export const byNodeIndex = { node: ({ spec: { nodeName } }: Pod): string[] => (nodeName ? [nodeName] : []) };

export function endpointSliceController(deps: ControllerDeps): Controller {
  const services = deps.informers.of(Service, { indexers: selectsIndex });
  const pods = deps.informers.of(Pod, { indexers: { ...labelIndex, ...byNodeIndex } });
  const nodes = deps.informers.of(Node);
  const slices = deps.informers.of(EndpointSlice, { indexers: byServiceIndex });
  const times = triggerTimes();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const service = services.lister.get(keyOf(key));
    if (service === undefined) return times.forget(key); // its slices are the garbage collector's now
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined || service.metadata.deletionTimestamp !== undefined) return;
    const selected = podsOf(pods, service);
    const trigger = times.next(key, service, selected);
    const mine = slices.lister.byIndex('service', key).filter(({ metadata }) => metadata.labels?.[MANAGED_BY] === MANAGER && metadata.deletionTimestamp === undefined);
    const families = addressTypes(service);
    for (const slice of mine) if (!families.includes(slice.addressType)) await client.on(EndpointSlice).delete(keyFor(slice));
    for (const addressType of families) await sync(client, service, mine.filter((slice) => slice.addressType === addressType), wantedOf(service, selected, addressType), { addressType, trigger });
  }

  function wantedOf(service: Service, selected: readonly Pod[], addressType: string): Wanted[] {
    const groups = new Map<string, Wanted>();
    for (const pod of selected) {
      const node = nodes.lister.get({ name: pod.spec.nodeName ?? '' });
      // A pod of a node that is not there is not published, unless the Service asks for all.
      if (!isPublished(pod, { terminating: true }) || (node === undefined && !service.spec.publishNotReadyAddresses)) continue;
      const addresses = ipsOf(pod).filter((ip) => ip.includes(':') === (addressType === 'IPv6'));
      if (addresses.length === 0) continue;
      const ports = portsOf(service, pod);
      const key = portsKey(ports);
      if (!groups.has(key)) groups.set(key, { ports, endpoints: [] });
      groups.get(key)!.endpoints.push(endpointOf(service, pod, node, addresses));
    }
    return [...groups.values()];
  }

  async function sync(client: Client, service: Service, existing: EndpointSlice[], wanted: Wanted[], how: { addressType: string; trigger: string | undefined }): Promise<void> {
    const plan = planSlices(existing, wanted, (slice) => isSame(labelsOf(service, slice.metadata.labels), slice.metadata.labels));
    for (const content of plan.create) await create(client, service, content, how);
    for (const { slice, content } of plan.update) {
      const { [TRIGGER_TIME]: _before, ...others } = slice.metadata.annotations ?? {};
      const annotations = how.trigger === undefined ? others : { ...others, [TRIGGER_TIME]: how.trigger };
      const { annotations: _old, ...rest } = slice.metadata;
      const metadata = { ...rest, ...(Object.keys(annotations).length > 0 ? { annotations } : {}), labels: labelsOf(service, slice.metadata.labels) };
      await client.on(EndpointSlice).update({ ...slice, ...content, metadata } as EndpointSlice);
    }
    for (const slice of plan.delete) await client.on(EndpointSlice).delete(keyFor(slice));
  }

  async function create(client: Client, service: Service, content: Content, { addressType, trigger }: { addressType: string; trigger: string | undefined }): Promise<void> {
    const metadata = {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace!,
      labels: labelsOf(service, {}),
      ...(trigger === undefined ? {} : { annotations: { [TRIGGER_TIME]: trigger } }),
      ownerReferences: [controllerRef(service, Service)],
    };
    try {
      await client.on(EndpointSlice).create({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType, ...content } as ObjectDraft<EndpointSlice>);
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error; // nothing can be made there any more
    }
  }

  return makeController({
    name: 'endpointslice',
    deps,
    informers: [
      [Service, services],
      [Pod, pods],
      [Node, nodes],
      [EndpointSlice, slices],
    ],
    reconcile,
    wire(queue) {
      const wake = (pod: Pod): void => {
        for (const service of servicesOf(services, pod)) queue.add(keyTextOf(service));
      };
      const wakePodsOf = (node: Node): void => {
        for (const pod of pods.lister.byIndex('node', node.metadata.name!)) wake(pod);
      };
      return [
        services.handle(enqueueItself(queue)),
        pods.handle(podChanges(wake)),
        nodes.handle({
          added: wakePodsOf,
          updated: (node, before) => (zoneOf(node) === zoneOf(before) ? undefined : wakePodsOf(node)),
          deleted: wakePodsOf,
        }),
        slices.handle(
          anyChange((slice) => {
            const { namespace, labels = {} } = slice.metadata;
            if (labels[MANAGED_BY] === MANAGER && labels[SERVICE_NAME] !== undefined) queue.add(`${namespace}/${labels[SERVICE_NAME]}`);
          }),
        ),
      ];
    },
  });
}

/** Pods' changes that matter to endpoints, with the pod as it was too, where its labels changed. */
export function podChanges(wake: (pod: Pod) => void): { added(pod: Pod): void; updated(pod: Pod, before: Pod): void; deleted(pod: Pod): void } {
  return {
    added: wake,
    updated(pod, before) {
      if (isSame(endpointFacts(pod), endpointFacts(before))) return;
      wake(pod);
      if (!isSame(pod.metadata.labels, before.metadata.labels)) wake(before);
    },
    deleted: wake,
  };
}

const zoneOf = (node: Node | undefined): string | undefined => node?.metadata.labels?.['topology.kubernetes.io/zone'];

function addressTypes({ spec: { ipFamilies = ['IPv4'] } }: Service): string[] {
  return ipFamilies.length === 0 ? ['IPv4'] : ipFamilies;
}

function labelsOf(service: Service, existing: Readonly<Record<string, string>> = {}): Record<string, string> {
  const { [HEADLESS_LABEL]: _headless, [SERVICE_NAME]: _name, [MANAGED_BY]: _manager, ...own } = service.metadata.labels ?? {};
  return { ...own, [SERVICE_NAME]: service.metadata.name!, [MANAGED_BY]: existing[MANAGED_BY] ?? MANAGER, ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}) };
}

function portsOf({ spec }: Service, pod: Pod): EndpointPort[] {
  return (spec.ports ?? []).flatMap((port) => {
    const number = targetPort(pod, port);
    if (number === undefined) return [];
    return [{ name: port.name ?? '', protocol: port.protocol ?? 'TCP', port: number, ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) }];
  });
}

function endpointOf(service: Service, pod: Pod, node: Node | undefined, addresses: string[]): Endpoint {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const serving = isPodReady(pod);
  const ready = Boolean(service.spec.publishNotReadyAddresses) || (serving && !terminating);
  const hostname = hostnameOf(pod, service);
  const zone = zoneOf(node);
  return {
    addresses,
    conditions: { ready, serving, terminating },
    ...(hostname === undefined ? {} : { hostname }),
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace!, name: pod.metadata.name!, uid: pod.metadata.uid! },
    ...(pod.spec.nodeName ? { nodeName: pod.spec.nodeName } : {}),
    ...(zone === undefined ? {} : { zone }),
    ...hintsOf(service, { ready, zone, nodeName: pod.spec.nodeName }),
  };
}

/** Near whom a ready endpoint is to be used, where the Service would have its traffic stay close. */
function hintsOf({ spec }: Service, { ready, zone, nodeName }: { ready: boolean; zone: string | undefined; nodeName: string | undefined }): Pick<Endpoint, 'hints'> {
  const { trafficDistribution = '' } = spec;
  if (!ready || !CLOSE.includes(trafficDistribution)) return {};
  const forNodes = trafficDistribution === 'PreferSameNode' && nodeName ? [{ name: nodeName }] : undefined;
  if (zone === undefined && forNodes === undefined) return {};
  return { hints: { ...(zone === undefined ? {} : { forZones: [{ name: zone }] }), ...(forNodes === undefined ? {} : { forNodes }) } };
}
