/**
 * EndpointSlice mirroring: Endpoints that somebody wrote by hand for a Service
 * without a selector appear as slices too, as long as both are there.
 */
import type { Endpoint } from '../../api/discovery/types/endpointslice.js';
import type { EndpointAddress, EndpointSubset } from '../../api/core/types/endpoints.js';
import { keyOf, type ObjectDraft } from '../../apimachinery/object.js';
import type { Client } from '../../client/client.js';
import { keyFor } from '../../client/resource.js';
import { anyChange, enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { byServiceIndex, MANAGED_BY, SERVICE_NAME } from '../endpointslice/endpointslice.js';
import { TRIGGER_TIME } from '../endpointslice/pods.js';
import { portsKey, type Plan, type Wanted } from '../endpointslice/reconcile.js';
import { repackSubsets } from '../endpoints/subsets.js';
import { Endpoints, EndpointSlice, Service } from '../kinds.js';
import { byText, isSame } from '../order.js';
import { controllerRef } from '../owner.js';
import { isNamespaceTerminating } from '../podcontrol.js';

const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
/** --mirroring-max-endpoints-per-subset. */
const ADDRESSES_MAX = 1_000;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export function endpointSliceMirroringController(deps: ControllerDeps): Controller {
  const { recorder } = deps;
  const services = deps.informers.of(Service);
  const endpoints = deps.informers.of(Endpoints);
  const slices = deps.informers.of(EndpointSlice, { indexers: byServiceIndex });

  async function reconcile(key: string, client: Client): Promise<Outcome> {
    const found = endpoints.lister.get(keyOf(key));
    const service = services.lister.get(keyOf(key));
    const mine = slices.lister
      .byIndex('service', key)
      .filter(({ metadata }) => metadata.labels?.[MANAGED_BY] === MANAGER && metadata.deletionTimestamp === undefined);
    if (found === undefined || service === undefined || service.spec.selector !== undefined || !isMirrored(found)) {
      for (const slice of mine) await client.on(EndpointSlice).delete(keyFor(slice));
      return;
    }
    const { subsets, skipped } = mirrorable(found);
    if (skipped > 0)
      recorder.event(
        found,
        'Warning',
        'TooManyAddressesToMirror',
        `A max of ${ADDRESSES_MAX} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`,
      );
    for (const addressType of ['IPv4', 'IPv6']) {
      const wanted = subsets.map((subset) => wantedOf(subset, addressType)).filter((group) => group.endpoints.length > 0);
      await sync(client, found, { addressType, wanted, existing: mine.filter((slice) => slice.addressType === addressType) });
    }
  }

  async function sync(
    client: Client,
    found: Endpoints,
    { addressType, wanted, existing }: { addressType: string; wanted: Wanted[]; existing: EndpointSlice[] },
  ): Promise<void> {
    const plan = planMirror(found, wanted, existing);
    const meta = { ...metadataOf(found), namespace: found.metadata.namespace!, ownerReferences: [controllerRef(found, Endpoints)] };
    for (const content of plan.create) {
      try {
        await client.on(EndpointSlice).create({
          apiVersion: 'discovery.k8s.io/v1',
          kind: 'EndpointSlice',
          metadata: { ...meta, generateName: `${found.metadata.name}-` },
          addressType,
          ...content,
        } as ObjectDraft<EndpointSlice>);
      } catch (error) {
        if (!isNamespaceTerminating(error)) throw error; // nothing can be made there any more
      }
    }
    // As Kubernetes does: what is written over a slice knows its name alone.
    for (const { slice, content } of plan.update)
      await client.on(EndpointSlice).update({
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: { ...meta, name: slice.metadata.name },
        addressType,
        ...content,
      } as EndpointSlice);
    for (const slice of plan.delete) await client.on(EndpointSlice).delete(keyFor(slice));
  }

  return makeController({
    name: 'endpointslice-mirroring',
    deps,
    informers: [
      [Endpoints, endpoints],
      [Service, services],
      [EndpointSlice, slices],
    ],
    reconcile,
    wire: (queue) => [
      endpoints.handle(enqueueItself(queue)),
      services.handle(enqueueItself(queue)),
      slices.handle(
        anyChange(({ metadata: { namespace, labels = {} } }) => {
          if (labels[MANAGED_BY] === MANAGER && labels[SERVICE_NAME] !== undefined) queue.add(`${namespace}/${labels[SERVICE_NAME]}`);
        }),
      ),
    ],
  });
}

/** One slice for each set of ports, so many addresses each. */
function mirrorable({ subsets: all = [] }: Endpoints): { subsets: EndpointSubset[]; skipped: number } {
  let skipped = 0;
  const subsets = repackSubsets(all).map(({ addresses = [], notReadyAddresses = [], ...rest }) => {
    const ready = addresses.slice(0, ADDRESSES_MAX);
    const notReady = notReadyAddresses.slice(0, ADDRESSES_MAX - ready.length);
    skipped += addresses.length + notReadyAddresses.length - ready.length - notReady.length;
    return { ...rest, addresses: ready, notReadyAddresses: notReady };
  });
  return { subsets, skipped };
}

function planMirror(found: Endpoints, wanted: readonly Wanted[], existing: readonly EndpointSlice[]): Plan {
  const plan: Plan = { create: [], update: [], delete: [], unchanged: [] };
  const { labels, annotations } = metadataOf(found);
  const left = new Set(existing);
  for (const group of wanted) {
    const first = [...left].find(({ ports }) => portsKey(ports) === portsKey(group.ports));
    if (first === undefined) {
      plan.create.push(group);
      continue;
    }
    left.delete(first);
    const { metadata } = first;
    const isRight =
      isSame(byAddress(first.endpoints ?? []), byAddress(group.endpoints)) && isSame(metadata.labels, labels) && isSame(metadata.annotations, annotations);
    if (isRight) plan.unchanged.push(first);
    else plan.update.push({ slice: first, content: group });
  }
  for (const slice of left) {
    const content = plan.create.shift();
    if (content === undefined) plan.delete.push(slice);
    else plan.update.push({ slice, content });
  }
  return plan;
}

const byAddress = (endpoints: readonly Endpoint[]): Endpoint[] => [...endpoints].sort((one, other) => byText(one.addresses.join(), other.addresses.join()));

function isMirrored({ metadata: { labels = {}, annotations = {} } }: Endpoints): boolean {
  return labels[SKIP] !== 'true' && annotations[LEADER] === undefined;
}

function metadataOf({ metadata }: Endpoints): { labels: Record<string, string>; annotations?: Record<string, string> } {
  const { [LAST_APPLIED]: _applied, [TRIGGER_TIME]: _trigger, ...annotations } = metadata.annotations ?? {};
  const labels = { ...metadata.labels, [SERVICE_NAME]: metadata.name!, [MANAGED_BY]: MANAGER };
  return { labels, ...(Object.keys(annotations).length > 0 ? { annotations } : {}) };
}

function wantedOf({ addresses = [], notReadyAddresses = [], ports = [] }: EndpointSubset, addressType: string): Wanted {
  const isOfType = ({ ip }: EndpointAddress): boolean => ip.includes(':') === (addressType === 'IPv6');
  return {
    ports: ports.map(({ name, port, protocol, appProtocol }) => ({
      name: name ?? '',
      protocol: protocol ?? 'TCP',
      port,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    })),
    endpoints: [
      ...addresses.filter(isOfType).map((address) => endpointOf(address, true)),
      ...notReadyAddresses.filter(isOfType).map((address) => endpointOf(address, false)),
    ],
  };
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname === undefined ? {} : { hostname }),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  } as Endpoint;
}
