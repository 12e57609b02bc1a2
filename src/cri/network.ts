/**
 * What kube-proxy and kubelets ask of a node's network. A backend turns
 * service rules into real forwarding: sim/'s own network here, the kernel's
 * elsewhere.
 */
export interface ServiceRule {
  /** "namespace/name:portname". */
  service: string;
  protocol: 'TCP' | 'UDP' | 'SCTP';
  /** Addresses the service answers on, each with its port: cluster IPs, external IPs, load balancer addresses. */
  frontends: readonly { address: string; port: number }[];
  /** Port on every node's own addresses; 0: none. */
  nodePort: number;
  /** Where connections go: ready endpoints, after traffic policies were applied. Empty: refused. */
  backends: readonly { address: string; port: number }[];
  /** ClientIP affinity, in seconds; 0: none. */
  affinitySeconds: number;
}

export interface RuleBackend {
  /** Replaces all rules of this node at once. */
  sync(rules: readonly ServiceRule[]): void;
  /** The rules in force as text, as a person would read them. */
  describe(): string[];
}
