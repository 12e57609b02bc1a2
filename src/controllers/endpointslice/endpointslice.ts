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
import { conditionOf, isPodReady } from '../pods.js';
import { labelIndex, podsOf, selectsIndex, servicesOf } from '../selecting.js';
import { topologyHints } from './hints.js';
import { endpointFacts, HEADLESS_LABEL, hostnameOf, ipsOf, isHeadless, isPublished, targetPort, TRIGGER_TIME } from './pods.js';
import { planSlices, portsKey, type Content, type Wanted } from './reconcile.js';
import { triggerTimes } from './triggertime.js';

export const SERVICE_NAME = 'kubernetes.io/service-name';
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by';
const MANAGER = 'endpointslice-controller.k8s.io';
/** A Service whose pods are on nodes that are not there is looked at again, ever later, so many times. */
const RETRIES_MAX = 15;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 1_000_000;
export const byServiceIndex = {
  service: ({ metadata: { namespace, labels = {} } }: EndpointSlice): string[] =>
    labels[SERVICE_NAME] === undefined ? [] : [`${namespace}/${labels[SERVICE_NAME]}`],
};
export const byNodeIndex = { node: ({ spec: { nodeName } }: Pod): string[] => (nodeName ? [nodeName] : []) };

export function endpointSliceController(deps: ControllerDeps): Controller {
  const services = deps.informers.of(Service, { indexers: selectsIndex });
  const pods = deps.informers.of(Pod, { indexers: { ...labelIndex, ...byNodeIndex } });
  const nodes = deps.informers.of(Node);
  const slices = deps.informers.of(EndpointSlice, { indexers: byServiceIndex });
  const times = triggerTimes();
  const hints = topologyHints();
  const retries = new Map<string, { tries: number; at: number; text: string }>();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const service = services.lister.get(keyOf(key));
    if (service === undefined) return forget(key); // its slices are the garbage collector's now
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return;
    const selected = podsOf(pods, service);
    const trigger = times.next(key, service, selected);
    const mine = slices.lister
      .byIndex('service', key)
      .filter(({ metadata }) => metadata.labels?.[MANAGED_BY] === MANAGER && metadata.deletionTimestamp === undefined);
    const families = addressTypes(service);
    const lost = new Set<string>();
    for (const addressType of families) {
      const wanted = wantedOf(service, selected, { addressType, lost });
      await sync(client, service, { existing: mine.filter((slice) => slice.addressType === addressType), wanted, addressType, trigger });
    }
    for (const slice of mine) if (!families.includes(slice.addressType)) await client.on(EndpointSlice).delete(keyFor(slice));
    return lookedFor(key, service, [...lost]);
  }

  function forget(key: string): void {
    times.forget(key);
    hints.forget(key);
    retries.delete(key);
  }

  /** Pods on nodes that are not there are told of, and looked at again: the node may only not have been seen yet. */
  function lookedFor(key: string, service: Service, lost: readonly string[]): Outcome {
    const before = retries.get(key);
    retries.delete(key);
    if (lost.length === 0) return;
    const text = lost.length === 1 ? lost[0]! : `[${lost.join(', ')}]`;
    // Its own writes bring a Service here a second time.
    const isSeen = before?.at === deps.clock.now() && before.text === text;
    const tries = (before?.tries ?? 0) + (isSeen ? 0 : 1);
    if (!isSeen) deps.recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', `Error updating Endpoint Slices for Service ${key}: ${text}`);
    if (tries > RETRIES_MAX) return;
    retries.set(key, { tries, at: deps.clock.now(), text });
    return { againMs: Math.min(RETRY_FIRST_MS * 2 ** (tries - 1), RETRY_MAX_MS) };
  }

  function wantedOf(service: Service, selected: readonly Pod[], { addressType, lost }: { addressType: string; lost: Set<string> }): Wanted[] {
    const groups = new Map<string, Wanted>();
    for (const pod of selected) {
      if (!isPublished(pod, { terminating: true })) continue;
      const { nodeName = '' } = pod.spec;
      const node = nodes.lister.get({ name: nodeName });
      if (node === undefined && !service.spec.publishNotReadyAddresses) {
        const { namespace, name } = service.metadata;
        lost.add(`skipping Pod ${pod.metadata.name} for Service ${namespace}/${name}: Node ${nodeName} Not Found`);
        continue;
      }
      const addresses = ipsOf(pod).filter((ip) => ip.includes(':') === (addressType === 'IPv6'));
      if (addresses.length === 0) continue;
      const ports = portsOf(service, pod);
      const key = portsKey(ports);
      if (!groups.has(key)) groups.set(key, { ports, endpoints: [] });
      groups.get(key)!.endpoints.push(endpointOf(service, pod, node, addresses));
    }
    return [...groups.values()];
  }

  async function sync(
    client: Client,
    service: Service,
    how: { existing: EndpointSlice[]; wanted: Wanted[]; addressType: string; trigger: string | undefined },
  ): Promise<void> {
    // Those of an earlier Service of the name are the garbage collector's, and nothing of them is used again.
    const own = how.existing.filter((slice) => isOwnedBy(slice, service));
    const plan = planSlices(own, how.wanted, (slice) => isSame(carriedLabels(service), carriedLabels(slice)));
    const events = hints.apply(plan, { key: keyTextOf(service), service, addressType: how.addressType, nodes: () => nodes.lister.list() });
    if (service.metadata.deletionTimestamp === undefined) for (const content of plan.create) await create(client, service, content, how);
    for (const { slice, content } of plan.update) {
      const { [TRIGGER_TIME]: _before, ...others } = slice.metadata.annotations ?? {};
      const annotations = how.trigger === undefined ? others : { ...others, [TRIGGER_TIME]: how.trigger };
      const { annotations: _old, ...rest } = slice.metadata;
      const metadata = { ...rest, ...(Object.keys(annotations).length > 0 ? { annotations } : {}), labels: labelsOf(service) };
      await client.on(EndpointSlice).update({ ...slice, ...content, metadata } as EndpointSlice);
    }
    for (const slice of [...plan.delete, ...how.existing.filter((one) => !own.includes(one))]) await client.on(EndpointSlice).delete(keyFor(slice));
    for (const { type, reason, message } of events) deps.recorder.event(service, type, reason, message);
  }

  async function create(
    client: Client,
    service: Service,
    content: Content,
    { addressType, trigger }: { addressType: string; trigger: string | undefined },
  ): Promise<void> {
    const metadata = {
      generateName: `${service.metadata.name}-`,
      namespace: service.metadata.namespace!,
      labels: labelsOf(service),
      ...(trigger === undefined ? {} : { annotations: { [TRIGGER_TIME]: trigger } }),
      ownerReferences: [controllerRef(service, Service)],
    };
    try {
      await client
        .on(EndpointSlice)
        .create({ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata, addressType, ...content } as ObjectDraft<EndpointSlice>);
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
      const wakeOverloaded = (): void => {
        for (const key of hints.overloaded(() => nodes.lister.list())) queue.add(key);
      };
      return [
        services.handle(enqueueItself(queue)),
        pods.handle(podChanges(wake)),
        nodes.handle({
          added(node) {
            wakePodsOf(node);
            wakeOverloaded();
          },
          updated(node, before) {
            if (zoneOf(node) !== zoneOf(before) || isReadyNode(node) !== isReadyNode(before)) wakeOverloaded();
          },
          deleted: wakeOverloaded,
        }),
        slices.handle(
          anyChange((slice, before) => {
            for (const { metadata } of before === undefined ? [slice] : [slice, before]) {
              const { [MANAGED_BY]: manager, [SERVICE_NAME]: name } = metadata.labels ?? {};
              if (manager === MANAGER && name !== undefined) queue.add(`${metadata.namespace}/${name}`);
            }
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

const isReadyNode = (node: Node): boolean => conditionOf(node.status.conditions, 'Ready')?.status === 'True';

const zoneOf = (node: Node | undefined): string | undefined => node?.metadata.labels?.['topology.kubernetes.io/zone'];

function addressTypes({ spec: { ipFamilies = ['IPv4'] } }: Service): string[] {
  return ipFamilies.length === 0 ? ['IPv4'] : ipFamilies;
}

const RESERVED: readonly string[] = [HEADLESS_LABEL, SERVICE_NAME, MANAGED_BY];

/** The labels that a Service's slices have from it. */
function carriedLabels({ metadata: { labels = {} } }: Service | EndpointSlice): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !RESERVED.includes(name)));
}

function labelsOf(service: Service): Record<string, string> {
  return { ...carriedLabels(service), ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}), [SERVICE_NAME]: service.metadata.name!, [MANAGED_BY]: MANAGER };
}

function isOwnedBy({ metadata: { ownerReferences = [] } }: EndpointSlice, { metadata: { uid } }: Service): boolean {
  return ownerReferences.some((ref) => ref.uid === uid && ref.kind === 'Service' && ref.apiVersion === 'v1');
}

function portsOf({ spec }: Service, pod: Pod): EndpointPort[] {
  return (spec.ports ?? []).flatMap((port) => {
    const number = targetPort(pod, port);
    if (number === undefined) return [];
    return [
      { name: port.name ?? '', protocol: port.protocol ?? 'TCP', port: number, ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }) },
    ];
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
    ...(zone ? { zone } : {}),
  };
}
