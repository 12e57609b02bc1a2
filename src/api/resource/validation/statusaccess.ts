/**
 * Who may write a claim's status may not write all of it: what is allocated and
 * reserved is for those who may bind claims, what is said of a device for those
 * who may speak for its driver (pkg/registry/resource/utils.go).
 */
import { deepEqual } from '../../../apimachinery/deep.js';
import { forbidden, type Causes } from '../../../apimachinery/fielderror.js';
import type { UserInfo } from '../../../apimachinery/request.js';
import type { LookupContext } from '../../kind.js';
import type { ResourceClaim } from '../types/resourceclaim.js';

type Status = ResourceClaim['status'];

const ACCOUNT = /^system:serviceaccount:[^:]+:[^:]+$/;
const NODE_NAME = 'authentication.kubernetes.io/node-name';

export async function refuseStatus(next: Status, previous: Status, context: LookupContext): Promise<Causes> {
  return [...(await refuseBinding(next, previous, context)), ...(await refuseDevices(next, previous, context))];
}

async function refuseBinding(next: Status, previous: Status, { verb, refusal }: LookupContext): Promise<Causes> {
  if (deepEqual(next.allocation, previous.allocation) && deepEqual(next.reservedFor ?? [], previous.reservedFor ?? [])) return [];
  const refused = await refusal({ verb, subresource: 'binding', namespace: '', name: '' });
  return refused === undefined
    ? []
    : [
        forbidden(
          'status',
          `changing status.allocation or status.reservedFor requires resource="resourceclaims/binding", verb="${verb}" permission: ${refused}`,
        ),
      ];
}

async function refuseDevices(next: Status, previous: Status, { user, verb, namespace = '', refusal }: LookupContext): Promise<Causes> {
  const causes: Causes = [];
  const anywhere = `arbitrary-node:${verb}`;
  for (const name of changedDrivers(next, previous)) {
    const verbs = isOnNode(user, allocatedNode(next)) ? [`associated-node:${verb}`, anywhere] : [anywhere];
    const refused: string[] = [];
    for (const each of verbs) {
      const why = await refusal({ verb: each, subresource: 'driver', namespace, name });
      if (why === undefined) break;
      refused.push(why);
    }
    if (refused.length === verbs.length)
      causes.push(
        forbidden(
          'status.devices',
          `changing status.devices requires resource="resourceclaims/driver", verb="[${verbs.join(' ')}]" permission: ${refused[0]!}`,
        ),
      );
  }
  return causes;
}

/** Those of whose devices something was added, taken away or changed, in order. */
function changedDrivers(next: Status, previous: Status): string[] {
  const keyed = ({ devices = [] }: Status) =>
    new Map(devices.map((device) => [JSON.stringify([device.driver, device.pool, device.device, device.shareID ?? '']), device]));
  const [now, before] = [keyed(next), keyed(previous)];
  const drivers = new Set<string>();
  for (const [key, device] of now) if (!deepEqual(device, before.get(key))) drivers.add(device.driver);
  for (const [key, { driver }] of before) if (!now.has(key)) drivers.add(driver);
  return [...drivers].toSorted();
}

/** The node that alone can use it; undefined: there is more than one, or none is named. */
function allocatedNode({ allocation }: Status): string | undefined {
  const terms = allocation?.nodeSelector?.nodeSelectorTerms ?? [];
  const { matchExpressions = [], matchFields = [] } = terms[0] ?? {};
  if (terms.length !== 1 || matchExpressions.length > 0 || matchFields.length !== 1) return undefined;
  const { key, operator, values = [] } = matchFields[0]!;
  return key === 'metadata.name' && operator === 'In' && values.length === 1 ? values[0] : undefined;
}

function isOnNode({ name, extra }: UserInfo, node: string | undefined): boolean {
  const nodes = extra?.[NODE_NAME] ?? [];
  return node !== undefined && node !== '' && ACCOUNT.test(name) && nodes.length === 1 && nodes[0] === node;
}
