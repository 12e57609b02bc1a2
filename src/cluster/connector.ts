/** How the API server reaches kubelets: by node name, those of this process. */
import type { NodeConnection, NodeConnector } from '../apiserver/nodeconnector.js';

export interface KubeletRegister extends NodeConnector {
  set(node: string, connection: NodeConnection | undefined): void;
}

export function createKubeletRegister(): KubeletRegister {
  const connections = new Map<string, NodeConnection>();
  return {
    connect: (node) => connections.get(node),
    set(node, connection) {
      if (connection === undefined) connections.delete(node);
      else connections.set(node, connection);
    },
  };
}
