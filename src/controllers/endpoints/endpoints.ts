/**
 * Endpoints controller: the older form of a Service's endpoints, one object a
 * Service, in subsets of addresses with the same ports.
 */
import type { EndpointSubset } from '../../api/core/types/endpoints.js';
import { keyOf, type ObjectDraft } from '../../apimachinery/object.js';
import { isAlreadyExists, isNotFound } from '../../apimachinery/status.js';
import type { Client } from '../../client/client.js';
import { keyTextOf } from '../../client/resource.js';
import { enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { podChanges } from '../endpointslice/endpointslice.js';
import { HEADLESS_LABEL, hostnameOf, ipsOf, isHeadless, isPublished, targetPort, TRIGGER_TIME } from '../endpointslice/pods.js';
import { triggerTimes } from '../endpointslice/triggertime.js';
import { Endpoints, Pod, Service } from '../kinds.js';
import { isSame } from '../order.js';
import { isNamespaceTerminating } from '../podcontrol.js';
import { isPodReady } from '../pods.js';
import { labelIndex, podsOf, selectsIndex, servicesOf } from '../selecting.js';
import { cappedSubsets, repackSubsets } from './subsets.js';

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const MANAGER = 'endpoint-controller';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';
const ADDRESSES_MAX = 1_000;

export function endpointsController(deps: ControllerDeps): Controller {
  const services = deps.informers.of(Service, { indexers: selectsIndex });
  const pods = deps.informers.of(Pod, { indexers: labelIndex });
  const endpoints = deps.informers.of(Endpoints);
  const times = triggerTimes();

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const service = services.lister.get(keyOf(key));
    if (service === undefined) {
      times.forget(key);
      return remove(client, key);
    }
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return;
    const selected = podsOf(pods, service);
    const trigger = times.next(key, service, selected);
    const { subsets, isCut } = cappedSubsets(repackSubsets(selected.flatMap((pod) => subsetsOf(service, pod))), ADDRESSES_MAX);
    await write(client, service, endpoints.lister.get(keyOf(key)), subsets, { trigger, isCut });
  }

  async function remove(client: Client, key: string): Promise<void> {
    if (endpoints.lister.get(keyOf(key)) === undefined) return;
    try {
      await client.on(Endpoints).delete(keyOf(key));
    } catch (error) {
      if (!isNotFound(error)) throw error; // somebody else was faster
    }
  }

  async function write(
    client: Client,
    service: Service,
    found: Endpoints | undefined,
    subsets: EndpointSubset[],
    how: { trigger: string | undefined; isCut: boolean },
  ): Promise<void> {
    const { [HEADLESS_LABEL]: _headless, ...own } = service.metadata.labels ?? {};
    const labels = { ...own, [MANAGED_BY]: MANAGER, ...(isHeadless(service) ? { [HEADLESS_LABEL]: '' } : {}) };
    const overCapacity = found?.metadata.annotations?.[OVER_CAPACITY] !== undefined;
    if (found !== undefined && isSame(found.subsets, subsets) && isSame(found.metadata.labels, labels) && overCapacity === how.isCut) return;
    const { [TRIGGER_TIME]: _before, [OVER_CAPACITY]: _cut, ...others } = found?.metadata.annotations ?? {};
    const annotations = {
      ...others,
      ...(how.trigger === undefined ? {} : { [TRIGGER_TIME]: how.trigger }),
      ...(how.isCut ? { [OVER_CAPACITY]: 'truncated' } : {}),
    };
    const { annotations: _old, ...rest } = found?.metadata ?? { name: service.metadata.name!, namespace: service.metadata.namespace! };
    const metadata = { ...rest, labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
    const next = { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets };
    try {
      if (found === undefined) await client.on(Endpoints).create(next as ObjectDraft<Endpoints>);
      else await client.on(Endpoints).update(next as Endpoints);
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      if (found === undefined && isAlreadyExists(error)) throw new Error(`endpoints ${keyTextOf(service)} appeared meanwhile`, { cause: error });
      throw error;
    }
  }

  return makeController({
    name: 'endpoints',
    deps,
    informers: [
      [Service, services],
      [Pod, pods],
      [Endpoints, endpoints],
    ],
    reconcile,
    wire: (queue) => [
      services.handle(enqueueItself(queue)),
      pods.handle(
        podChanges((pod) => {
          for (const service of servicesOf(services, pod)) queue.add(keyTextOf(service));
        }),
      ),
      // Made again when deleted, and those of Services that went while nobody watched. As Kubernetes does: what is edited stays so until the Service's pods change.
      endpoints.handle({
        added(object) {
          if (object.metadata.labels?.[MANAGED_BY] === MANAGER) queue.add(keyTextOf(object));
        },
        deleted: (object) => queue.add(keyTextOf(object)),
      }),
    ],
  });
}

function subsetsOf(service: Service, pod: Pod): EndpointSubset[] {
  const everything = Boolean(service.spec.publishNotReadyAddresses);
  if (!isPublished(pod, { terminating: everything }) || !pod.spec.nodeName) return [];
  const family = service.spec.ipFamilies?.[0] ?? 'IPv4';
  const ip = ipsOf(pod).find((candidate) => candidate.includes(':') === (family === 'IPv6'));
  if (ip === undefined) return [];
  const hostname = hostnameOf(pod, service);
  const address = {
    ip,
    ...(hostname === undefined ? {} : { hostname }),
    nodeName: pod.spec.nodeName,
    targetRef: { kind: 'Pod', namespace: pod.metadata.namespace!, name: pod.metadata.name!, uid: pod.metadata.uid! },
  };
  const addresses = everything || isPodReady(pod) ? { addresses: [address] } : { notReadyAddresses: [address] };
  if ((service.spec.ports ?? []).length === 0) return isHeadless(service) ? [addresses] : [];
  return service.spec.ports!.flatMap(({ name, protocol = 'TCP', appProtocol, ...port }) => {
    const number = targetPort(pod, { name, protocol, ...port } as Parameters<typeof targetPort>[1]);
    const offered = { ...(name ? { name } : {}), port: number!, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) };
    return number === undefined ? [] : [{ ...addresses, ports: [offered] }];
  });
}
