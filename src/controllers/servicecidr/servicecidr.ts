/**
 * Service CIDRs: a range is ready once it is known here, and may go only when no
 * address is taken from it that no other range has.
 */
import { IPAddress as AddressKind } from '../../api/networking/ipaddress.js';
import { ServiceCIDR as RangeKind } from '../../api/networking/servicecidr.js';
import type { IPAddress } from '../../api/networking/types/ipaddress.js';
import type { ServiceCIDR } from '../../api/networking/types/servicecidr.js';
import type { Kind } from '../../api/kind.js';
import { contains } from '../../api/networking/strategy/address.js';
import { isNotFound } from '../../apimachinery/status.js';
import { formatTime } from '../../apimachinery/time.js';
import type { Client } from '../../client/client.js';
import { anyChange, enqueueItself, makeController, type Controller, type ControllerDeps, type Outcome } from '../controller.js';
import { conditionOf } from '../pods.js';

const Range = RangeKind as Kind<ServiceCIDR>;
const Address = AddressKind as Kind<IPAddress>;
const FINALIZER = 'networking.k8s.io/service-cidr-finalizer';
const MANAGER = 'service-cidr-controller';
/** So long allocators may still believe in a range that is going. */
const GRACE_MS = 10_000;
const STILL_USED = 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR';

export function serviceCidrController(deps: ControllerDeps): Controller {
  const ranges = deps.informers.of(Range);
  const addresses = deps.informers.of(Address);

  async function reconcile(name: string, client: Client): Promise<Outcome> {
    const range = ranges.lister.get({ name });
    if (range === undefined) return;
    const { deletionTimestamp, finalizers = [] } = range.metadata;
    if (deletionTimestamp === undefined) {
      if (!finalizers.includes(FINALIZER)) await apply(client, name, { metadata: { name, finalizers: [FINALIZER] } });
      if (conditionOf(range.status.conditions, 'Ready')?.status !== 'True')
        await tell(client, name, { status: 'True', reason: '', message: 'Kubernetes Service CIDR is ready' });
      return;
    }
    if (!finalizers.includes(FINALIZER)) return;
    if (isUsed(range)) {
      if (conditionOf(range.status.conditions, 'Ready')?.reason !== 'Terminating')
        await tell(client, name, { status: 'False', reason: 'Terminating', message: STILL_USED });
      return;
    }
    const left = Date.parse(deletionTimestamp) + GRACE_MS - deps.clock.now();
    if (left > 0) return { againMs: left };
    try {
      await client
        .on(Range)
        .patch({ name }, 'merge', { metadata: { uid: range.metadata.uid, finalizers: finalizers.filter((finalizer) => finalizer !== FINALIZER) } });
    } catch (error) {
      if (!isNotFound(error)) throw error; // gone already
    }
  }

  /** Whether an address was taken from it that no other range holds. */
  function isUsed(range: ServiceCIDR): boolean {
    const own = range.spec.cidrs ?? [];
    const others = ranges.lister
      .list()
      .filter(({ metadata }) => metadata.name !== range.metadata.name && metadata.deletionTimestamp === undefined)
      .flatMap(({ spec }) => spec.cidrs ?? []);
    const alone = own.filter((cidr) => !others.some((other) => other === cidr || contains(other, cidr)));
    return alone.length > 0 && addresses.lister.list().some(({ metadata }) => isWithin(alone, metadata.name!) && !isWithin(others, metadata.name!));
  }

  function isWithin(cidrs: readonly string[], address: string): boolean {
    const whole = `${address}/${address.includes(':') ? 128 : 32}`;
    return cidrs.some((cidr) => cidr === whole || contains(cidr, whole));
  }

  const tell = (client: Client, name: string, told: { status: string; reason: string; message: string }): Promise<unknown> =>
    apply(
      client,
      name,
      { metadata: { name }, status: { conditions: [{ type: 'Ready', ...told, lastTransitionTime: formatTime(deps.clock.now()) }] } },
      'status',
    );

  const apply = (client: Client, name: string, body: object, subresource?: 'status'): Promise<unknown> =>
    client
      .on(Range)
      .patch(
        { name },
        'apply',
        { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', ...body },
        { fieldManager: MANAGER, force: true, ...(subresource === undefined ? {} : { subresource }) },
      );

  return makeController({
    name: 'service-cidr',
    deps,
    informers: [
      [Range, ranges],
      [Address, addresses],
    ],
    reconcile,
    wire: (queue) => [
      ranges.handle(enqueueItself(queue)),
      // What held a range back may have gone, or another range may hold its addresses now.
      ...[ranges, addresses].map((informer) =>
        (informer as typeof ranges).handle(
          anyChange(() => ranges.lister.list().forEach(({ metadata }) => metadata.deletionTimestamp !== undefined && queue.add(metadata.name!))),
        ),
      ),
    ],
  });
}
