/** How the API server reaches kubelets: by node name, those of this process and, where there are some, those of another. */
import type { NodeConnection, NodeConnector } from '../apiserver/nodeconnector.js';

export interface KubeletRegister extends NodeConnector {
  set(node: string, connection: NodeConnection | undefined): void;
}

/** `elsewhere`: the way to those of another process. */
export function createKubeletRegister(elsewhere: (node: string) => NodeConnection | undefined = () => undefined): KubeletRegister {
  const connections = new Map<string, NodeConnection>();
  return {
    connect: (node) => connections.get(node) ?? elsewhere(node),
    set(node, connection) {
      if (connection === undefined) connections.delete(node);
      else connections.set(node, connection);
    },
  };
}
