/**
 * The Node authorizer: kubelets, named system:node:NAME in the group
 * system:nodes, may do what the bootstrap role system:node says, but read only
 * what the pods bound to their node name, and touch only what is their own.
 */
import { goQuote } from '../../apimachinery/gojson.js';
import { ruleAllows, type Attributes, type Authorizer, type Decision, type PolicyRule } from './authorizer.js';
import type { NodeRelations, Related } from './noderelations.js';

const NODES_GROUP = 'system:nodes';
const NODE_PREFIX = 'system:node:';
const LEASES = 'kube-node-lease';
const READS = ['get', 'list', 'watch'];
const OWN_WRITES = ['get', 'create', 'update', 'patch', 'delete'];

export interface NodeAuthorizerOptions {
  /** The rules of the bootstrap ClusterRole system:node, read when the first kubelet asks. */
  nodeRules(): readonly PolicyRule[];
  relations(): Promise<NodeRelations>;
}

const NO_OPINION: Decision = { allowed: false, reason: '' };
const ALLOWED: Decision = { allowed: true, reason: '' };
const no = (reason: string): Decision => ({ allowed: false, reason });

type Judge = (attributes: Attributes, node: string, relations: NodeAuthorizerOptions['relations']) => Decision | Promise<Decision>;

export function nodeAuthorizer({ nodeRules, relations }: NodeAuthorizerOptions): Authorizer {
  let rules: readonly PolicyRule[] | undefined;
  return {
    authorize(attributes: Attributes) {
      const { user } = attributes;
      if (!user.name.startsWith(NODE_PREFIX) || !user.groups.includes(NODES_GROUP)) return NO_OPINION;
      const node = user.name.slice(NODE_PREFIX.length);
      if (node === '') return no(`unknown node for user ${goQuote(user.name)}`);
      const judge = attributes.resourceRequest ? JUDGES[`${attributes.apiGroup}/${attributes.resource}`] : undefined;
      if (judge !== undefined) return judge(attributes, node, relations);
      rules ??= nodeRules();
      return rules.some((rule) => ruleAllows(rule, attributes)) ? ALLOWED : NO_OPINION;
    },
  };
}

const JUDGES: Readonly<Record<string, Judge>> = {
  '/secrets': readNamed('secrets'),
  '/configmaps': readNamed('configmaps'),
  '/persistentvolumeclaims': (attributes, node, relations) =>
    attributes.subresource === 'status' ? updateStatus(attributes, node, relations) : getOne('persistentvolumeclaims')(attributes, node, relations),
  '/persistentvolumes': getOne('persistentvolumes'),
  'resource.k8s.io/resourceclaims': getOne('resourceclaims'),
  'storage.k8s.io/volumeattachments': getOne('volumeattachments'),
  '/serviceaccounts': ({ verb, subresource, ...attributes }, node, relations) =>
    verb !== 'create' || subresource !== 'token'
      ? no('can only create tokens for individual service accounts')
      : related('serviceaccounts', attributes, node, relations),
  '/nodes': ownNode,
  '/pods': ownPods,
  'coordination.k8s.io/leases': ownLease,
  'storage.k8s.io/csinodes': ownCsiNode,
};

async function related(
  what: Related,
  { namespace, name }: Pick<Attributes, 'namespace' | 'name'>,
  node: string,
  relations: NodeAuthorizerOptions['relations'],
): Promise<Decision> {
  if (name === '') return no('No Object name found');
  return (await (await relations()).isRelated(node, what, { namespace, name })) ? ALLOWED : no(`no relationship found between node '${node}' and this object`);
}

function readNamed(what: Related): Judge {
  return (attributes, node, relations) => {
    if (!READS.includes(attributes.verb)) return no('can only read resources of this type');
    if (attributes.subresource !== '') return no('cannot read subresource');
    if (attributes.namespace === '') return no('can only read namespaced object of this type');
    return related(what, attributes, node, relations);
  };
}

function getOne(what: Related): Judge {
  return (attributes, node, relations) => {
    if (attributes.verb !== 'get') return no('can only get individual resources of this type');
    if (attributes.subresource !== '') return no('cannot get subresource');
    return related(what, attributes, node, relations);
  };
}

function updateStatus(attributes: Attributes, node: string, relations: NodeAuthorizerOptions['relations']): Decision | Promise<Decision> {
  if (attributes.verb !== 'update' && attributes.verb !== 'patch') return no('can only get individual resources of this type');
  return related('persistentvolumeclaims', attributes, node, relations);
}

function ownNode({ verb, subresource, name }: Attributes, node: string): Decision {
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : NO_OPINION;
  if (subresource !== '') return NO_OPINION;
  if (verb === 'create' || verb === 'update' || verb === 'patch') return ALLOWED; // narrowed by admission
  if (!READS.includes(verb)) return NO_OPINION;
  if (name === node) return ALLOWED;
  return no(name === '' ? `node '${node}' cannot read all nodes, only its own Node object` : `node '${node}' cannot read '${name}', only its own Node object`);
}

function ownPods(attributes: Attributes, node: string, relations: NodeAuthorizerOptions['relations']): Decision | Promise<Decision> {
  const { verb, subresource, name, fieldSelector = '' } = attributes;
  if (subresource === 'status') return verb === 'update' || verb === 'patch' ? ALLOWED : NO_OPINION;
  if (subresource === 'eviction') return verb === 'create' ? ALLOWED : NO_OPINION;
  if (subresource !== '') return NO_OPINION;
  if (verb === 'create' || verb === 'delete') return ALLOWED; // narrowed by admission
  if (verb === 'get') return getOne('pods')(attributes, node, relations);
  if (verb !== 'list' && verb !== 'watch') return NO_OPINION;
  if (fieldSelector.split(',').some((part) => part === `spec.nodeName=${node}` || part === `spec.nodeName==${node}`)) return ALLOWED;
  return name === '' ? no('can only list/watch pods with spec.nodeName field selector') : related('pods', attributes, node, relations);
}

function ownLease({ verb, namespace, name }: Attributes, node: string): Decision {
  if (!OWN_WRITES.includes(verb)) return no('can only get, create, update, patch, or delete a node lease');
  if (namespace !== LEASES) return no(`can only access leases in the ${goQuote(LEASES)} system namespace`);
  return verb !== 'create' && name !== node ? no('can only access node lease with the same name as the requesting node') : ALLOWED;
}

function ownCsiNode({ verb, subresource, name }: Attributes, node: string): Decision {
  if (!OWN_WRITES.includes(verb)) return no('can only get, create, update, patch, or delete a CSINode');
  if (subresource !== '') return no('cannot authorize CSINode subresources');
  return verb !== 'create' && name !== node ? no('can only access CSINode with the same name as the requesting node') : ALLOWED;
}
