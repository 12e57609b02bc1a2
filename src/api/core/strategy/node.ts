/** Rules of nodes: taints, pod ranges and amounts; a node may say how it is when it registers. */
import { duplicate, forbidden, invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { labelValue } from '../../../apimachinery/names.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import type { Strategy } from '../../kind.js';
import { defaultResourceList } from '../defaults/resources.js';
import { Node, NodeAddress } from '../types/node.js';
import { Taint } from '../types/reference.js';
import { validateCidr } from '../validation/addresses.js';
import { qualified, requiredWord, semanticEqual, withDetail } from '../validation/complaints.js';
import { TAINT_EFFECTS } from '../validation/podspecparts.js';
import { validateQuantityValue } from '../validation/resources.js';

export const strategy: Strategy<Node> = {
  schema: Node,
  defaults,
  prepareForUpdate(next, previous) {
    next.status = structuredClone(previous.status);
  },
  validate: (node) => [...taints(node), ...amounts(node), ...features(node), ...podRanges(node)],
  validateUpdate,
  generation: false,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate: (next, previous) => [...validateUpdate(next, previous), ...features(next)],
    },
  },
};

function defaults({ spec, status }: Node): void {
  for (const list of [status.capacity, status.allocatable]) defaultResourceList(list);
  if (status.allocatable === undefined && status.capacity !== undefined) status.allocatable = { ...status.capacity };
  // podCIDR is the first of podCIDRs; where both are sent and differ, podCIDR wins.
  if (spec.podCIDR && spec.podCIDR !== spec.podCIDRs?.[0]) spec.podCIDRs = [spec.podCIDR];
  else if (!spec.podCIDR && spec.podCIDRs?.[0] !== undefined) spec.podCIDR = spec.podCIDRs[0];
}

function validateUpdate(next: Node, previous: Node): Causes {
  const { podCIDRs = [], providerID = '' } = previous.spec;
  return [
    ...amounts(next),
    ...repeatedAddresses(next),
    ...(podCIDRs.length > 0 && !semanticEqual(next.spec.podCIDRs, podCIDRs) ? [forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')] : []),
    ...(providerID !== '' && next.spec.providerID !== providerID ? [forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')] : []),
    ...taints(next),
  ];
}

/** As Kubernetes does: the path says metadata, though taints are part of the spec. */
function taints({ spec }: Node): Causes {
  const seen = new Set<string>();
  return (spec.taints ?? []).flatMap((taint, at) => {
    const field = `metadata.taints[${at}]`;
    const { key, value = '', effect } = taint;
    const causes = qualified(key, `${field}.key`);
    const messages = labelValue(value);
    if (messages.length > 0) causes.push(invalid(`${field}.value`, value, messages.join(';')));
    causes.push(...requiredWord(effect, `${field}.effect`, TAINT_EFFECTS));
    if (seen.has(`${key}:${effect}`)) causes.push(withDetail(duplicate(field, goInternal(taint, typeNodeOf(Taint))), 'taints must be unique by key and effect pair'));
    seen.add(`${key}:${effect}`);
    return causes;
  });
}

function amounts({ status }: Node): Causes {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.keys(status[list] ?? {}).sort().flatMap((name) => validateQuantityValue(name, status[list]![name]!, `status.${list}.${name}`)),
  );
}

const FEATURE = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z0-9]+)*$/;
function features({ status }: Node): Causes {
  const text =
    "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";
  return (status.declaredFeatures ?? []).flatMap((name, at) =>
    FEATURE.test(name) ? [] : [invalid(`status.declaredFeatures[${at}]`, name, `invalid feature name "${name}": ${text}`)],
  );
}

function podRanges({ spec }: Node): Causes {
  const ranges = spec.podCIDRs ?? [];
  const causes = ranges.flatMap((range, at) => validateCidr(range, `spec.podCIDRs[${at}]`));
  const families = new Set(ranges.map((range) => range.includes(':')));
  if (ranges.length > families.size) causes.push(invalid('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family'));
  return causes;
}

function repeatedAddresses({ status }: Node): Causes {
  const seen = new Set<string>();
  return (status.addresses ?? []).flatMap((address, at) => {
    const key = `${address.type} ${address.address}`;
    const again = seen.has(key);
    seen.add(key);
    return again ? [duplicate(`status.addresses[${at}]`, goInternal(address, typeNodeOf(NodeAddress)))] : [];
  });
}
