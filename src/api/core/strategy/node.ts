/** Rules of nodes: taints, pod ranges and amounts; a node may say how it is when it registers. */
import { duplicate, forbidden, internalError, invalid, type Causes } from '../../../apimachinery/fielderror.js';
import { goQuote } from '../../../apimachinery/gojson.js';
import { byteLength, cidr, DNS1123_SUBDOMAIN_MAX } from '../../../apimachinery/names.js';
import { typeNodeOf } from '../../../apimachinery/compile.js';
import { goInternal } from '../../internal.js';
import type { Strategy } from '../../kind.js';
import { defaultResourceList } from '../defaults/resources.js';
import { Node, NodeAddress } from '../types/node.js';
import { isDualStack, validateCidr } from '../validation/addresses.js';
import { taints, validateConfigSource, validateNodeAnnotations } from '../validation/nodeparts.js';
import { NOT_POSITIVE } from '../validation/complaints.js';
import { validateQuantityValue } from '../validation/resources.js';

export const strategy: Strategy<Node> = {
  schema: Node,
  defaults,
  prepareForUpdate(next, previous) {
    next.status = structuredClone(previous.status);
  },
  validate,
  // As Kubernetes does: the whole node is looked at before the change is.
  validateUpdate: (next, previous, _, { whole, changed } = { whole: [], changed: [] }) => [
    ...whole,
    ...validate(next),
    ...changed,
    ...validateUpdate(next, previous),
  ],
  placesMetadata: true,
  warnings: ({ spec }) => [
    ...(spec.configSource === undefined ? [] : ['spec.configSource: the feature is removed']),
    ...(spec.externalID ? ['spec.externalID: this field is deprecated, and is unused by Kubernetes'] : []),
  ],
  generation: false,
  subresources: {
    status: {
      prepareForUpdate(next, previous) {
        next.spec = previous.spec;
      },
      validateUpdate,
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

function validate(node: Node): Causes {
  return [
    ...validateNodeAnnotations(node.metadata.annotations),
    ...taints(node.spec.taints, 'metadata.taints'),
    ...amounts(node),
    ...swap(node),
    ...features(node),
    ...podRanges(node),
  ];
}

function validateUpdate(next: Node, previous: Node): Causes {
  const { providerID = '' } = previous.spec;
  return [
    ...validateNodeAnnotations(next.metadata.annotations),
    ...amounts(next),
    ...features(next),
    ...repeatedAddresses(next),
    ...movedRanges(next.spec.podCIDRs ?? [], previous.spec.podCIDRs ?? []),
    ...(providerID !== '' && next.spec.providerID !== providerID
      ? [forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')]
      : []),
    ...validateConfigSource(next),
    ...taints(next.spec.taints, 'metadata.taints'),
    ...((next.spec.externalID ?? '') === (previous.spec.externalID ?? '') ? [] : [forbidden('spec.externalID', 'may not be updated')]),
  ];
}

function movedRanges(next: readonly string[], previous: readonly string[]): Causes {
  if (previous.length === 0) return [];
  const moved = next.length === previous.length ? previous.filter((range, at) => range !== next[at]) : [''];
  return moved.map(() => forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid'));
}

function amounts({ status }: Node): Causes {
  return (['capacity', 'allocatable'] as const).flatMap((list) =>
    Object.keys(status[list] ?? {})
      .sort()
      .flatMap((name) => validateQuantityValue(name, status[list]![name]!, `status.${list}.${name}`)),
  );
}

const FEATURE = /^[A-Z][a-zA-Z0-9]*(\/[a-zA-Z0-9]+)*$/;
function features({ status }: Node): Causes {
  const text =
    "must start with an UpperCamelCase segment, with subsequent segments separated by '/' (e.g., MyFeature or MyFeature/mySubFeature), and contain only alphanumeric characters and slashes";
  return (status.declaredFeatures ?? []).flatMap((name, at, all) => {
    const causes: Causes = [];
    const path = 'status.declaredFeatures';
    if (byteLength(name) > DNS1123_SUBDOMAIN_MAX)
      causes.push(invalid(`${path}[${at}]`, name, `invalid feature name ${goQuote(name)}: must be no more than ${DNS1123_SUBDOMAIN_MAX} characters`));
    else if (!FEATURE.test(name)) causes.push(invalid(`${path}[${at}]`, name, `invalid feature name ${goQuote(name)}: ${text}`));
    const following = all[at + 1];
    if (following === name) causes.push(duplicate(`${path}[${at + 1}]`, name));
    else if (following !== undefined && name > following) causes.push(invalid(`${path}[${at + 1}]`, following, 'list must be sorted alphabetically'));
    return causes;
  });
}

/** As Kubernetes does: the path says metadata. */
function swap({ status }: Node): Causes {
  const { capacity } = status.nodeInfo?.swap ?? {};
  return capacity !== undefined && capacity <= 0 ? [invalid('metadata.nodeSwapStatus.capacity', capacity, NOT_POSITIVE)] : [];
}

function podRanges({ spec }: Node): Causes {
  const ranges = spec.podCIDRs ?? [];
  const causes = ranges.flatMap((range, at) => validateCidr(range, `spec.podCIDRs[${at}]`));
  if (ranges.length > 1 && ranges.some((range) => cidr(range).length > 0)) {
    causes.push(
      internalError(
        'spec.podCIDRs',
        `invalid PodCIDRs. failed to check with dual stack with error:invalid CIDR address: ${ranges.find((range) => cidr(range).length > 0)}`,
      ),
    );
    causes.push(invalid('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family'));
  } else if (ranges.length > 2 || (ranges.length === 2 && !isDualStack(ranges)))
    causes.push(invalid('spec.podCIDRs', ranges, 'may specify no more than one CIDR for each IP family'));
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
