/** Addresses and sizes of a cluster of ours, stated once. */
export const SERVICE_CIDR = '10.96.0.0/12';
export const POD_CIDR = '10.244.0.0/16';
export const SERVICE_IP = '10.96.0.1';
export const DNS_IP = '10.96.0.10';
export const CONTROL_PLANE_IP = '192.168.1.10';
export const API_PORT = 6443;

export interface NodeSize {
  cpu: string;
  memory: string;
  pods: string;
  ephemeralStorage: string;
}
export const NODE_SIZE: NodeSize = { cpu: '4', memory: '8Gi', pods: '110', ephemeralStorage: '100Gi' };

/** The address of the node at this place in the cluster's list; the control plane is the first. */
export function nodeAddress(at: number): string {
  if (at === 0) return CONTROL_PLANE_IP;
  if (at <= 100) return `192.168.1.${100 + at}`;
  return `192.168.${2 + Math.floor((at - 101) / 250)}.${1 + ((at - 101) % 250)}`;
}

/** How the API server is called in messages. */
export const SERVER_NAME = `https://${CONTROL_PLANE_IP}:${API_PORT}`;

/** The range of pod addresses of the node at this place; node IPAM gives the same out in the order nodes register. */
export function podCidr(at: number): string {
  return `10.${244 + Math.floor(at / 256)}.${at % 256}.0/24`;
}
