/**
 * The Node authorizer: kubelets, named system:node:NAME in the group
 * system:nodes, may do what the bootstrap role system:node says. (Kubernetes
 * narrows secrets and configmaps further, to those that a node's pods name.)
 */
import { ruleAllows, type Attributes, type Authorizer, type PolicyRule } from './authorizer.js';

const NODES_GROUP = 'system:nodes';
const NODE_PREFIX = 'system:node:';

/** `nodeRules`: the rules of the bootstrap ClusterRole system:node, read when the first kubelet asks. */
export function nodeAuthorizer(nodeRules: () => readonly PolicyRule[]): Authorizer {
  let rules: readonly PolicyRule[] | undefined;
  return {
    authorize(attributes: Attributes) {
      const { user } = attributes;
      if (!user.groups.includes(NODES_GROUP) || !user.name.startsWith(NODE_PREFIX)) return { allowed: false, reason: '' };
      rules ??= nodeRules();
      return { allowed: rules.some((rule) => ruleAllows(rule, attributes)), reason: '' };
    },
  };
}
