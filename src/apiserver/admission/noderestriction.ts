/**
 * NodeRestriction: a kubelet changes its own Node, the pods bound to it, its
 * Lease and its CSINode, and asks for tokens of its own pods alone.
 */
import { goQuote } from '../../apimachinery/gojson.js';
import { deepEqual } from '../../apimachinery/deep.js';
import { read, refused, type AdmissionPlugin, type AdmissionRequest } from './plugin.js';

const NODES_GROUP = 'system:nodes';
const NODE_PREFIX = 'system:node:';
const MIRROR = 'kubernetes.io/config.mirror';
const LEASES = 'kube-node-lease';

/** '': the caller is no kubelet. */
const nodeOf = ({ user }: AdmissionRequest): string =>
  user.groups.includes(NODES_GROUP) && user.name.startsWith(NODE_PREFIX) ? user.name.slice(NODE_PREFIX.length) : '';

export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  handles: (request) => nodeOf(request) !== '',
  async admit(request) {
    const { kind } = request;
    const why = await (RULES[`${kind.group}/${kind.plural}`]?.(request, nodeOf(request)) ?? undefined);
    if (why !== undefined) throw refused(request, why);
  },
};

type Rule = (request: AdmissionRequest, node: string) => string | undefined | Promise<string | undefined>;

const RULES: Readonly<Record<string, Rule>> = {
  '/pods': aboutPod,
  '/nodes': aboutNode,
  '/serviceaccounts': aboutToken,
  'coordination.k8s.io/leases': aboutLease,
  'storage.k8s.io/csinodes': ({ operation, object, name }, node) =>
    (operation === 'CREATE' ? object.metadata.name : name) === node ? undefined : 'can only access CSINode with the same name as the requesting node',
};

async function aboutPod(request: AdmissionRequest, node: string): Promise<string | undefined> {
  const { operation, subresource, object, previous } = request;
  const bound = (previous as { spec?: { nodeName?: string } } | undefined)?.spec?.nodeName;
  if (subresource === 'status') {
    if (bound !== node) return `node ${goQuote(node)} can only update pod status for pods with spec.nodeName set to itself`;
    return deepEqual((previous as any).metadata.labels, object.metadata.labels) ? undefined : `node ${goQuote(node)} cannot update labels through pod status`;
  }
  if (subresource === 'eviction') {
    const pod = await read(request.server, '', 'pods', { namespace: request.namespace, name: request.name });
    return pod === undefined || pod.spec.nodeName === node ? undefined : `node ${goQuote(node)} can only evict pods with spec.nodeName set to itself`;
  }
  if (subresource !== '') return `unexpected pod subresource ${goQuote(subresource)}, only 'status' and 'eviction' are allowed`;
  if (operation === 'CREATE') return aboutMirror(object, node);
  if (operation === 'DELETE') return bound === node ? undefined : `node ${goQuote(node)} can only delete pods with spec.nodeName set to itself`;
  return `unexpected operation ${goQuote(operation)}, node ${goQuote(node)} can only create and delete mirror pods`;
}

function aboutMirror({ metadata, spec }: any, node: string): string | undefined {
  if (metadata.annotations?.[MIRROR] === undefined) return `pod does not have ${goQuote(MIRROR)} annotation, node ${goQuote(node)} can only create mirror pods`;
  if (spec.nodeName !== node) return `node ${goQuote(node)} can only create pods with spec.nodeName set to itself`;
  const owners = metadata.ownerReferences ?? [];
  if (owners.length > 1) return `node ${goQuote(node)} can only create pods with a single owner reference set to itself`;
  const [owner] = owners;
  if (owner !== undefined && (owner.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node))
    return `node ${goQuote(node)} can only create pods with an owner reference set to itself`;
  if (owner !== undefined && owner.controller !== true) return `node ${goQuote(node)} can only create pods with a controller owner reference set to itself`;
  if (spec.serviceAccountName) return `node ${goQuote(node)} can not create pods that reference a service account`;
  for (const volume of spec.volumes ?? []) {
    for (const [source, told] of [
      ['secret', 'secrets'],
      ['configMap', 'configmaps'],
      ['persistentVolumeClaim', 'persistentvolumeclaims'],
    ] as const) {
      if (volume[source] !== undefined) return `node ${goQuote(node)} can not create pods that reference ${told}`;
    }
  }
  return undefined;
}

function aboutNode({ operation, subresource, name, object, previous }: AdmissionRequest, node: string): string | undefined {
  const asked: string = operation === 'CREATE' ? object.metadata.name : name;
  if (asked !== node) return `node ${goQuote(node)} is not allowed to modify node ${goQuote(asked)}`;
  if (operation === 'CREATE') {
    const wrong = Object.keys(object.metadata.labels ?? {})
      .filter(isForbidden)
      .sort();
    return wrong.length === 0 ? undefined : `node ${goQuote(node)} is not allowed to set the following labels: ${wrong.join(', ')}`;
  }
  if (operation !== 'UPDATE' || previous === undefined) return undefined;
  const before = previous as any;
  if (!deepEqual(before.spec.taints ?? [], object.spec.taints ?? [])) return `node ${goQuote(node)} is not allowed to modify taints`;
  if (!deepEqual(before.metadata.ownerReferences ?? [], object.metadata.ownerReferences ?? []))
    return `node ${goQuote(node)} is not allowed to modify ownerReferences`;
  const changed = changedLabels(before.metadata.labels ?? {}, object.metadata.labels ?? {})
    .filter(isForbidden)
    .sort();
  return changed.length === 0 || subresource !== '' ? undefined : `is not allowed to modify labels: ${changed.join(', ')}`;
}

function changedLabels(before: Record<string, string>, after: Record<string, string>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => before[name] !== after[name]);
}

/**
 * The labels that are kept for who places pods. (Kubernetes refuses most of its own labels too, and kubeadm labels the control
 * plane as an administrator; here the kubelets register those labels themselves.)
 */
function isForbidden(label: string): boolean {
  const domain = label.includes('/') ? label.slice(0, label.indexOf('/')) : '';
  return domain === 'node-restriction.kubernetes.io' || domain.endsWith('.node-restriction.kubernetes.io');
}

async function aboutToken({ subresource, operation, object, server, namespace }: AdmissionRequest, node: string): Promise<string | undefined> {
  if (subresource !== 'token' || operation !== 'CREATE') return undefined;
  const owner = object?.spec?.boundObjectRef;
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Pod' || !owner.name) return 'node requested token not bound to a pod';
  if (!owner.uid) return 'node requested token with a pod binding without a uid';
  const pod = await read(server, '', 'pods', { namespace, name: owner.name });
  if (pod === undefined) return `pod ${goQuote(owner.name)} not found`;
  if (pod.metadata.uid !== owner.uid)
    return `the UID in the bound object reference (${owner.uid}) does not match the UID in record. The object might have been deleted and then recreated`;
  return pod.spec.nodeName === node ? undefined : 'node requested token bound to a pod scheduled on a different node';
}

function aboutLease({ operation, object, namespace, name }: AdmissionRequest, node: string): string | undefined {
  if (namespace !== LEASES) return `can only access leases in the ${goQuote(LEASES)} system namespace`;
  return (operation === 'CREATE' ? object.metadata.name : name) === node ? undefined : 'can only access node lease with the same name as the requesting node';
}
